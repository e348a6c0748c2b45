package nginx

import (
	"strings"
	"testing"
)

const debian = `user www-data;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log;
include /etc/nginx/modules-enabled/*.conf;
http {
	gzip on;
	# gzip_vary on;
	access_log /var/log/nginx/access.log;
	include /etc/nginx/conf.d/*.conf;
	include /etc/nginx/sites-enabled/*;
}
`

func TestConfigure(t *testing.T) {
	for _, root := range []bool{true, false} {
		conf, err := configure(debian, "/scratch", "127.0.0.1:1", "http://127.0.0.1:2", root)
		if err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"/var/", "/run/", "conf.d", "sites-enabled"} {
			if strings.Contains(conf, bad) {
				t.Errorf("%s is still in:\n%s", bad, conf)
			}
		}
		for _, want := range []string{"\tgzip on;\n", "listen 127.0.0.1:1;", "proxy_pass http://127.0.0.1:2;", "modules-enabled"} {
			if !strings.Contains(conf, want) {
				t.Errorf("%s is not in:\n%s", want, conf)
			}
		}
		if strings.Contains(conf, "user www-data;") != root {
			t.Errorf("as root %v:\n%s", root, conf)
		}
	}
}

func TestConfigureRefusesWhatIsNotDebians(t *testing.T) {
	other := strings.ReplaceAll(debian, "include /etc/nginx/sites-enabled/*;", "server { listen 80; }")
	if _, err := configure(other, "/scratch", "127.0.0.1:1", "http://127.0.0.1:2", true); err == nil || !strings.Contains(err.Error(), "sites-enabled") {
		t.Errorf("error = %v, want the line that is missing", err)
	}
}
