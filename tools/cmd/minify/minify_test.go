package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const root = "../../.."

// most is what the script may weigh before somebody has to say why it grew.
const most = 1150

func TestTheScriptIsMadeOfItsSource(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(root, source))
	if err != nil {
		t.Fatal(err)
	}
	small, err := os.ReadFile(filepath.Join(root, result))
	if err != nil {
		t.Fatal(err)
	}
	made, err := minify(source, script)
	if err != nil {
		t.Fatal(err)
	}
	if string(small) != string(made) {
		t.Errorf("%s is not what becomes of %s: run make script\nis:   %s\nwant: %s", result, source, small, made)
	}
	if len(made) > most {
		t.Errorf("%s has %d bytes, want %d at most", result, len(made), most)
	}
}

// What is written is what the test above compares with, and is found below the root.
func TestWrite(t *testing.T) {
	folder := t.TempDir()
	if err := write(folder); err == nil || !strings.Contains(err.Error(), "fill.js") {
		t.Errorf("without a source the error is %v, want one that names the file", err)
	}
	if err := os.MkdirAll(filepath.Join(folder, filepath.Dir(source)), 0o700); err != nil {
		t.Fatal(err)
	}
	const script = "(() => {\n  // A comment.\n  const longName = 1;\n  alert(longName, longName);\n})();\n"
	if err := os.WriteFile(filepath.Join(folder, source), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(folder); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder, result))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(got); strings.Contains(text, "comment") || strings.Contains(text, "longName") || !strings.Contains(text, "alert(") {
		t.Errorf("the result is %q", text)
	}
}

func TestProblemsNameTheirPlace(t *testing.T) {
	for name, tt := range map[string]struct{ script, want string }{
		"error":   {"let a;\nlet a = ;", "x.js:2:9: "},
		"warning": {"if (typeof a === \"nul\") b();", "x.js:1:18: "},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := minify("x.js", []byte(tt.script))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error = %v, want one with %q", err, tt.want)
			}
		})
	}
}
