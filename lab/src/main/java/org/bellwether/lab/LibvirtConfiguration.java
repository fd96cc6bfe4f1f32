package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** /etc/libvirt for a libvirtd that runs as root in a namespace, without systemd, cgroups or a security driver. */
final class LibvirtConfiguration {
    private LibvirtConfiguration() {}

    /**
     * @param listen address for incoming migrations
     * @param pki directory of the agent's certificates; they are named here also before they exist
     */
    static void write(Path directory, UUID hardwareUuid, String listen, Path pki) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("libvirtd.conf"), """
                    host_uuid = "%s"
                    auth_unix_rw = "none"
                    unix_sock_rw_perms = "0700"
                    listen_tls = 1
                    listen_tcp = 0
                    listen_addr = "%s"
                    tls_port = "%d"
                    ca_file = "%s"
                    cert_file = "%s"
                    key_file = "%s"
                    log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
                    """.formatted(
                            hardwareUuid,
                            listen,
                            LabHost.LIBVIRT_TLS_PORT,
                            pki.resolve("cacert.pem"),
                            pki.resolve("servercert.pem"),
                            pki.resolve("serverkey.pem")));
            // Domains are root's because the lab has no user and no cgroup of its own to give them.
            Files.writeString(directory.resolve("qemu.conf"), """
                    user = "root"
                    group = "root"
                    security_driver = "none"
                    dynamic_ownership = 0
                    remember_owner = 0
                    cgroup_controllers = []
                    namespaces = []
                    """);
            // Before a host is enrolled there is no such directory, and libvirt does not start with one that is
            // missing.
            if (Files.isDirectory(pki)) {
                Files.writeString(directory.resolve("qemu.conf"), """
                        migrate_tls_x509_cert_dir = "%s"
                        migrate_tls_x509_verify = 1
                        """.formatted(pki), StandardOpenOption.APPEND);
            }
            if (SanlockDaemon.installed()) {
                Files.writeString(
                        directory.resolve("qemu.conf"), "lock_manager = \"sanlock\"\n", StandardOpenOption.APPEND);
                Files.writeString(directory.resolve("qemu-sanlock.conf"), """
                        auto_disk_leases = 0
                        require_lease_for_disks = 0
                        user = "root"
                        group = "root"
                        """);
            }
            Files.writeString(directory.resolve("virtlogd.conf"), "max_clients = 1024\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
