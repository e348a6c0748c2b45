package keys

func Transient[K comparable](c *Codec, key K, buf []byte) (string, error) { return Encode(c, key) }

func TransientBytes(plain []byte) string { return EncodeString(string(plain)) }
