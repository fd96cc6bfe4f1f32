package org.bellwether.agent.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What libvirt shows to hosts that send machines here. Told to read it again, it looks at its own places, whatever its
 * configuration says; so links there lead to this host's files. Without them it would show the certificate that it began with
 * until that has expired.
 */
final class LibvirtKeys {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtKeys.class);
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /** Where the TLS listener may be: the one daemon, or the proxy of the many. */
    private static final List<String> DAEMONS = List.of("libvirtd", "virtproxyd");

    private static final Map<String, String> LINKS = Map.of(
            "CA/cacert.pem", "cacert.pem",
            "libvirt/servercert.pem", "servercert.pem",
            "libvirt/private/serverkey.pem", "serverkey.pem");

    private LibvirtKeys() {}

    /** Has libvirt show and trust what is in this directory now; machines that run or move are not touched. */
    static void tell(Path pki) {
        link(pki, Path.of("/etc/pki"));
        for (String daemon : DAEMONS) {
            try {
                Command.Outcome outcome = Command.of(
                                "virt-admin", "--connect", daemon + ":///system", "server-update-tls", daemon)
                        .run(DEADLINE);
                if (outcome.worked()) {
                    return;
                }
                LOG.debug("{}: {}", daemon, outcome.words());
            } catch (Refusal e) {
                LOG.debug("{}: {}", daemon, e.getMessage());
            }
        }
        LOG.warn("libvirt was not told of the new certificates; it reads them when it starts");
    }

    /** Somebody's own files stay: libvirt then shows the new certificate only when it is started again. */
    static void link(Path pki, Path system) {
        LINKS.forEach((place, name) -> {
            Path link = system.resolve(place);
            Path wanted = pki.resolve(name).toAbsolutePath();
            try {
                if (Files.isSymbolicLink(link)) {
                    if (Files.readSymbolicLink(link).equals(wanted)) {
                        return;
                    }
                    // To where an agent had its state before, or to nothing.
                    if (Files.exists(link) && !link.toRealPath().endsWith(Path.of("pki", name))) {
                        LOG.warn("{} is not this agent's; libvirt reads new certificates only when it starts", link);
                        return;
                    }
                    Files.delete(link);
                } else if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                    LOG.warn("{} is not this agent's; libvirt reads new certificates only when it starts", link);
                    return;
                }
                Path folder = link.getParent();
                if (folder != null) {
                    Files.createDirectories(folder);
                }
                Files.createSymbolicLink(link, wanted);
            } catch (IOException e) {
                LOG.warn(
                        "libvirt reads new certificates only when it starts: {} cannot be made: {}",
                        link,
                        e.toString());
            }
        });
    }
}
