module github.com/infill-go/infill/benchmarks

go 1.26.0

require (
	github.com/infill-go/infill v0.0.0
	github.com/patrickmn/go-cache v2.1.0+incompatible
)

require golang.org/x/sync v0.24.0 // indirect

replace github.com/infill-go/infill => ../
