package sshd

import (
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// ClientFiles are what the ssh program needs to reach the hosts by their names.
type ClientFiles struct {
	Config     string // for ssh -F: the address, port, user and files for each name
	Identity   string // the private key
	KnownHosts string // the public keys of the hosts
}

// WriteClientFiles writes the files into a folder that exists and that only its owner may enter.
func (s *Server) WriteClientFiles(dir string) (ClientFiles, error) {
	files := ClientFiles{
		Config:     filepath.Join(dir, "config"),
		Identity:   filepath.Join(dir, "identity"),
		KnownHosts: filepath.Join(dir, "known_hosts"),
	}
	identity, err := ssh.MarshalPrivateKey(s.login, "made by the Infill demo for one run")
	if err != nil {
		return ClientFiles{}, fmt.Errorf("sshd: the key: %w", err)
	}
	config, err := s.clientConfig(files)
	if err != nil {
		return ClientFiles{}, err
	}
	var known strings.Builder
	for _, h := range s.hosts {
		fmt.Fprintln(&known, knownhosts.Line([]string{h.name}, h.key.PublicKey()))
	}
	for path, text := range map[string]string{
		files.Identity:   string(pem.EncodeToMemory(identity)),
		files.KnownHosts: known.String(),
		files.Config:     config,
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return ClientFiles{}, fmt.Errorf("sshd: %w", err)
		}
	}
	return files, nil
}

// clientConfig is an ssh_config(5) in which a name stands for a port on loopback. HostKeyAlias makes ssh check the key
// of the name, and not of the address that all hosts have in common.
func (s *Server) clientConfig(files ClientFiles) (string, error) {
	identity, err := configPath(files.Identity)
	if err != nil {
		return "", err
	}
	known, err := configPath(files.KnownHosts)
	if err != nil {
		return "", err
	}
	var config strings.Builder
	for _, h := range s.hosts {
		fmt.Fprintf(&config, "Host %s\n  HostName 127.0.0.1\n  Port %d\n  HostKeyAlias %s\n\n",
			h.name, h.listener.Addr().(*net.TCPAddr).Port, h.name)
	}
	fmt.Fprintf(&config, `Host *
  User %s
  IdentityFile %s
  IdentitiesOnly yes
  PreferredAuthentications publickey
  UserKnownHostsFile %s
  GlobalKnownHostsFile none
  StrictHostKeyChecking yes
`, User, identity, known)
	return config.String(), nil
}

// configPath quotes a path for ssh_config(5), where % begins a token, and no quote can stand inside quotes.
func configPath(path string) (string, error) {
	if strings.ContainsAny(path, "\"\n\r$") {
		return "", fmt.Errorf("sshd: the folder %q cannot be written into an ssh_config; set TMPDIR to one without quotes, dollar signs and line breaks", filepath.Dir(path))
	}
	return `"` + strings.ReplaceAll(path, "%", "%%") + `"`, nil
}
