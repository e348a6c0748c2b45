package main

import (
	"fmt"
	"strconv"

	"github.com/infill-go/infill/async/sshexec"
)

// Host is one card of the dashboard.
type Host struct {
	// ID is the key of the host's fragments and the beginning of its ids in the page. No two hosts share one.
	ID string
	// Label is how people know the host.
	Label string
	// Address is how ssh reaches it.
	Address sshexec.Host
}

// identify gives each address an id: its name, and where several have that name, as much of port and user behind it
// as tells them apart.
func identify(addresses []sshexec.Host) ([]Host, error) {
	seen := make(map[sshexec.Host]bool)
	taken := make(map[string]bool)         // names, before any id is made of name and port: of web1:22 and web1-22 the latter is web1-22
	first := make(map[string]sshexec.Host) // who has the name itself as its id: the one given without port and user, or the first
	for _, address := range addresses {
		if seen[address] {
			return nil, fmt.Errorf("host %s is given twice; remove one -host", label(address))
		}
		seen[address] = true
		taken[address.Name] = true
		bare := sshexec.Host{Name: address.Name}
		if _, ok := first[address.Name]; !ok || address == bare {
			first[address.Name] = address
		}
	}
	hosts := make([]Host, 0, len(addresses))
	for _, address := range addresses {
		id := address.Name
		if first[address.Name] != address {
			id = free(taken, address)
		}
		taken[id] = true
		hosts = append(hosts, Host{ID: id, Label: label(address), Address: address})
	}
	return hosts, nil
}

// free returns an id that is not taken. A hyphen is part of names too, so that none of the first two is sure to be free.
func free(taken map[string]bool, address sshexec.Host) string {
	id := address.Name
	if address.Port != 0 {
		id += "-" + strconv.Itoa(address.Port)
	}
	if taken[id] && address.User != "" {
		id += "-" + address.User
	}
	for n, base := 2, id; taken[id]; n++ {
		id = base + "-" + strconv.Itoa(n)
	}
	return id
}

// label is the address as it is written on the command line.
func label(address sshexec.Host) string {
	if address.User == "" {
		return address.String()
	}
	return address.User + "@" + address.String()
}
