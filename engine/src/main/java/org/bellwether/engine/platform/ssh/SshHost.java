package org.bellwether.engine.platform.ssh;

import java.util.Arrays;

/**
 * Where a host's SSH is.
 *
 * @param fingerprint of the host's key, as OpenSSH shows it ({@code SHA256:…}); of each of its keys, with commas between, where
 *     the host has told them itself; empty: it is not known yet
 */
public record SshHost(String name, String address, int port, String fingerprint) {

    /** Whether a key with this fingerprint is the host's; any is while none is known. */
    boolean shows(String found) {
        return fingerprint.isEmpty() || Arrays.asList(fingerprint.split(",")).contains(found);
    }

    public SshHost knownBy(String found) {
        return new SshHost(name, address, port, found);
    }
}
