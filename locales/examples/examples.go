// Package examples pins the libraries that the lessons show. It has no code of its own: the
// content check builds each lesson's program inside a copy of this module.
package examples

import (
	_ "github.com/gin-gonic/gin"
	_ "github.com/gofiber/fiber/v3"
	_ "github.com/labstack/echo/v4"
)
