package org.bellwether.engine.platform.pki;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/**
 * What a certificate says, apart from its key. Everything in it comes from the engine, nothing from a request.
 *
 * @param commonName the subject's CN
 * @param names the names and addresses under which the holder is reached, IP addresses or DNS names
 * @param uri the holder's role, or empty
 * @param client whether it may open connections
 * @param server whether it may accept connections
 * @param life how long it is good for
 */
record Profile(String commonName, List<String> names, String uri, boolean client, boolean server, Duration life) {
    static final String ENGINE_URI = "bellwether:engine";

    private static final Duration WEB_LIFE = Duration.ofDays(365);
    private static final Duration ENGINE_LIFE = Duration.ofDays(365);
    static final Duration HOST_LIFE = Duration.ofDays(30);

    Profile {
        names = List.copyOf(names);
    }

    /** The HTTPS server: only accepts. */
    static Profile web(List<String> names) {
        return new Profile(names.getFirst(), names, "", false, true, WEB_LIFE);
    }

    /** The engine towards the agents: only opens. Agents obey this URI alone. */
    static Profile engine() {
        return new Profile("engine", List.of(), ENGINE_URI, true, false, ENGINE_LIFE);
    }

    /** A host: accepts the engine's calls, and both opens and accepts libvirt's TLS when machines migrate. */
    static Profile host(UUID id, String address, Duration life) {
        return new Profile(id.toString(), List.of(address), "bellwether:host:" + id, true, true, life);
    }

    /** The subject alternative names; every profile has at least one. */
    GeneralNames alternativeNames() {
        List<GeneralName> all = new ArrayList<>();
        for (String name : names) {
            all.add(new GeneralName(isAddress(name) ? GeneralName.iPAddress : GeneralName.dNSName, name));
        }
        if (!uri.isEmpty()) {
            all.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
        }
        return new GeneralNames(all.toArray(GeneralName[]::new));
    }

    ExtendedKeyUsage purposes() {
        List<KeyPurposeId> purposes = new ArrayList<>();
        if (server) {
            purposes.add(KeyPurposeId.id_kp_serverAuth);
        }
        if (client) {
            purposes.add(KeyPurposeId.id_kp_clientAuth);
        }
        return new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new));
    }

    static boolean isAddress(String name) {
        // Either all four parts of IPv4, or something with a colon: shorter spellings of numbers are names to everyone
        // else.
        if (!name.matches("\\d{1,3}(\\.\\d{1,3}){3}") && (name.indexOf(':') < 0 || name.indexOf('%') >= 0)) {
            return false;
        }
        try {
            InetAddress.ofLiteral(name);
            return true;
        } catch (IllegalArgumentException noAddress) {
            return false;
        }
    }
}
