module github.com/infill-go/infill/e2e

go 1.26.0

require (
	github.com/CAFxX/httpcompression v0.0.8
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.22.1
	github.com/infill-go/infill v0.0.0
)

require (
	github.com/go-chi/chi/v5 v5.5.0
	github.com/klauspost/compress v1.20.3
)

require (
	github.com/andybalholm/brotli v1.0.4 // indirect
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/patrickmn/go-cache v2.1.0+incompatible // indirect
	golang.org/x/sync v0.24.0 // indirect
)

replace github.com/infill-go/infill => ../
