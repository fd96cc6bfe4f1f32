package org.bellwether.engine.host;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.platform.Id;
import org.bellwether.protocol.CertificateRequest;

/** What each host has said of its certificate and of whom it trusts; a cache of the hosts, lost with the engine. */
final class HostCertificates {

    private final Map<Id<Host>, Said> said = new ConcurrentHashMap<>();

    /**
     * A host's answer.
     *
     * @param connected when the connection began over which it said so: after another one it may be another machine
     * @param trusts SHA-256 of the authorities that it trusts; none when its agent is too old to be told of any
     * @param issuer SHA-256 of the authority of its certificate, or empty
     */
    record Said(Instant connected, Set<String> trusts, String issuer, Instant notBefore, Instant notAfter) {

        Instant half() {
            return notBefore.plus(
                    java.time.Duration.between(notBefore, notAfter).dividedBy(2));
        }

        /** Whether it can be told whom to trust. */
        boolean learns() {
            return !trusts.isEmpty();
        }
    }

    Said hear(Id<Host> host, Instant connected, CertificateRequest answer) {
        var heard = new Said(
                connected,
                Set.copyOf(answer.getAuthoritiesList()),
                answer.getIssuer(),
                Instant.ofEpochMilli(answer.getNotBeforeMs()),
                Instant.ofEpochMilli(answer.getNotAfterMs()));
        said.put(host, heard);
        return heard;
    }

    Optional<Said> of(Id<Host> host) {
        return Optional.ofNullable(said.get(host));
    }
}
