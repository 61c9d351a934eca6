// Package study holds the rules of learning: the local day, the chat's
// schedule, the position on a roadmap, the streak, and the log that all of
// them can be rebuilt from. Plain functions of data and time: it must never
// read a clock, a database or a file.
package study
