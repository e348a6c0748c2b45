module github.com/infill-go/infill/benchmarks

go 1.26.0

require (
	github.com/infill-go/infill v0.0.0
	github.com/jellydator/ttlcache/v3 v3.4.1
	github.com/maypok86/otter/v2 v2.4.0
	github.com/patrickmn/go-cache v2.1.0+incompatible
	github.com/viccon/sturdyc v1.1.5
	golang.org/x/sync v0.24.0
)

require github.com/cespare/xxhash/v2 v2.3.0 // indirect

replace github.com/infill-go/infill => ../
