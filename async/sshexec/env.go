package sshexec

import "os"

// smallEnv is the environment of a command whose Env is nil. The parent's may hold
// credentials, a pager, a locale that changes how numbers and dates are printed, LD_PRELOAD.
func smallEnv(more ...string) []string {
	env := []string{"LANG=C.UTF-8"}
	if os.Getenv("PATH") == "" {
		env = append(env, "PATH=/usr/local/bin:/usr/bin:/bin")
	}
	for _, name := range append([]string{"PATH", "HOME", "USER", "LOGNAME", "TZ"}, more...) {
		if value := os.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return env
}
