module github.com/infill-go/infill/demo

go 1.26.0

require (
	github.com/PuerkitoBio/goquery v1.13.0
	github.com/infill-go/infill v0.0.0
	golang.org/x/crypto v0.58.0
)

require (
	github.com/andybalholm/cascadia v1.3.4 // indirect
	github.com/patrickmn/go-cache v2.1.0+incompatible // indirect
	golang.org/x/net v0.60.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/infill-go/infill => ../
