package org.bellwether.engine.platform.ssh;

/**
 * Where a host's SSH is.
 *
 * @param fingerprint of the host's key, as OpenSSH shows it ({@code SHA256:…}); empty: it is not known yet
 */
public record SshHost(String name, String address, int port, String fingerprint) {

    public SshHost knownBy(String found) {
        return new SshHost(name, address, port, found);
    }
}
