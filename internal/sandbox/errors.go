package sandbox

import (
	"fmt"
	"net/http"
	"strings"
)

// apiError is a refusal in the form in which the Bot API gives it.
// RetryAfter is in seconds; MigrateTo is the id of the supergroup that a group became. Zero: absent.
type apiError struct {
	Code        int
	Description string
	RetryAfter  int
	MigrateTo   int64
}

func (e *apiError) Error() string { return e.Description }

// badRequest makes a 400. Like Telegram's server it writes the first letter small,
// unless the text is one of the constants in capitals.
func badRequest(format string, args ...any) *apiError {
	return &apiError{Code: http.StatusBadRequest, Description: "Bad Request: " + uncapital(fmt.Sprintf(format, args...))}
}

func forbidden(text string) *apiError {
	return &apiError{Code: http.StatusForbidden, Description: "Forbidden: " + text}
}

func tooMany(seconds int) *apiError {
	return &apiError{
		Code:        http.StatusTooManyRequests,
		Description: fmt.Sprintf("Too Many Requests: retry after %d", seconds),
		RetryAfter:  seconds,
	}
}

func unauthorized() *apiError {
	return &apiError{Code: http.StatusUnauthorized, Description: "Unauthorized"}
}

func notFound() *apiError {
	return &apiError{Code: http.StatusNotFound, Description: "Not Found"}
}

func conflict() *apiError {
	return &apiError{
		Code:        http.StatusConflict,
		Description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
	}
}

func uncapital(s string) string {
	if len(s) >= 2 && (s[1] == '_' || ('A' <= s[1] && s[1] <= 'Z')) {
		return s
	}
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
