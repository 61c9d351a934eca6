// Package examples pins the libraries that the lessons show. It has no code of its own: the
// content check builds each lesson's program inside a copy of this module.
package examples

import (
	_ "github.com/DATA-DOG/go-sqlmock"
	_ "github.com/alicebob/miniredis/v2"
	_ "github.com/aws/aws-lambda-go/lambda"
	_ "github.com/aws/aws-sdk-go-v2/service/s3"
	_ "github.com/coreos/go-oidc/v3/oidc"
	_ "github.com/getsentry/sentry-go"
	_ "github.com/gin-gonic/gin"
	_ "github.com/glebarez/sqlite"
	_ "github.com/gofiber/fiber/v3"
	_ "github.com/golang-jwt/jwt/v5"
	_ "github.com/jmoiron/sqlx"
	_ "github.com/labstack/echo/v5"
	_ "github.com/prometheus/client_golang/prometheus"
	_ "github.com/prometheus/client_golang/prometheus/promhttp"
	_ "github.com/rabbitmq/amqp091-go"
	_ "github.com/redis/go-redis/v9"
	_ "github.com/segmentio/kafka-go"
	_ "github.com/sirupsen/logrus"
	_ "github.com/stretchr/testify/assert"
	_ "github.com/stretchr/testify/mock"
	_ "github.com/stretchr/testify/require"
	_ "go.uber.org/zap"
	_ "golang.org/x/crypto/bcrypt"
	_ "golang.org/x/oauth2"
	_ "gorm.io/gorm"
	_ "modernc.org/sqlite"
)
