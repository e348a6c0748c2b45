module github.com/infill-go/infill

go 1.26.0

require (
	github.com/PuerkitoBio/goquery v1.13.0
	github.com/patrickmn/go-cache v2.1.0+incompatible
	golang.org/x/net v0.58.0
	golang.org/x/sync v0.24.0
)

require github.com/andybalholm/cascadia v1.3.4 // indirect
