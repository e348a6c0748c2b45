module github.com/infill-go/infill

go 1.26.0

require (
	github.com/patrickmn/go-cache v2.1.0+incompatible
	golang.org/x/sync v0.24.0
)
