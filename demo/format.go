package main

import (
	"html/template"
	"strconv"
	"time"
)

// formats are the functions by which the templates print numbers and times.
var formats = template.FuncMap{
	"clock":   func(t time.Time) string { return t.Format("15:04:05") },
	"stamp":   func(t time.Time) string { return t.Format(time.RFC3339) },
	"took":    took,
	"span":    span,
	"decimal": func(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) },
	"percent": percent,
}

// took prints how long a block took: "87 ms", "1.25 s".
func took(d time.Duration) string {
	if d < time.Second {
		return strconv.FormatInt(d.Round(time.Millisecond).Milliseconds(), 10) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s"
}

// span prints the length of a plot: "60 s", "10 min".
func span(d time.Duration) string {
	if d < 2*time.Minute {
		return strconv.Itoa(int(d.Round(time.Second)/time.Second)) + " s"
	}
	return strconv.Itoa(int(d.Round(time.Minute)/time.Minute)) + " min"
}

// percent prints a share without its sign, with a decimal only where it tells something.
func percent(f float64) string {
	if f > 0 && f < 9.95 {
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}
