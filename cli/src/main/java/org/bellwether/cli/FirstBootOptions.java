package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a guest is told at its first boot, by cloud-init, or by Setup when it is Windows. */
final class FirstBootOptions {

    @Option(names = "--host-name", paramLabel = "NAME", description = "First boot: what the guest calls itself.")
    @Nullable
    String hostName;

    @Option(names = "--guest-user", paramLabel = "NAME", description = "First boot: whose keys and password follow.")
    @Nullable
    String user;

    @Option(
            names = "--guest-password-file",
            paramLabel = "FILE",
            description = "First boot: that user's password, or the hash of it; - reads it from the input.")
    @Nullable
    Path passwordFile;

    @Option(names = "--ssh-key-file", paramLabel = "FILE", description = "First boot: public SSH keys of that user.")
    @Nullable
    Path keys;

    @Option(names = "--guest-time-zone", paramLabel = "ZONE", description = "First boot: such as Europe/Berlin.")
    @Nullable
    String zone;

    @Option(
            names = "--guest-nic",
            paramLabel = "NIC=CONFIGURATION",
            description = "First boot: eth0=dhcp, eth0=none, or ADDRESS/BITS with a gateway, such as"
                    + " eth0=192.0.2.7/24,192.0.2.1; may be given more than once.")
    @Nullable
    List<String> nics;

    @Option(names = "--dns", paramLabel = "ADDRESS", split = ",", description = "First boot: name servers.")
    @Nullable
    List<String> servers;

    @Option(names = "--dns-search", paramLabel = "DOMAIN", split = ",", description = "First boot: search domains.")
    @Nullable
    List<String> domains;

    @Option(
            names = "--script-file",
            paramLabel = "FILE",
            description = "First boot: a script (#!), more of cloud-config, or an answer file for Windows.")
    @Nullable
    Path script;

    @Option(names = "--new-host-keys", description = "First boot: the guest makes itself new SSH host keys.")
    boolean newHostKeys;

    @Option(names = "--organisation", paramLabel = "NAME", description = "First boot of Windows: to whom it belongs.")
    @Nullable
    String organisation;

    @Option(
            names = "--join-domain",
            paramLabel = "DOMAIN",
            description = "First boot of Windows: it joins this domain.")
    @Nullable
    String joined;

    @Option(names = "--join-ou", paramLabel = "OU", description = "First boot of Windows: its place in that domain.")
    @Nullable
    String unit;

    @Option(
            names = "--product-key-file",
            paramLabel = "FILE",
            description = "First boot of Windows: its licence key; - reads it from the input.")
    @Nullable
    Path productKey;

    @Option(
            names = "--guest-locale",
            paramLabel = "LOCALE",
            description = "First boot of Windows: language and keyboard, such as de-DE.")
    @Nullable
    String locale;

    boolean said() {
        return hostName != null
                || user != null
                || passwordFile != null
                || keys != null
                || zone != null
                || nics != null
                || servers != null
                || domains != null
                || script != null
                || newHostKeys
                || organisation != null
                || joined != null
                || unit != null
                || productKey != null
                || locale != null;
    }

    void into(ObjectNode vm) {
        if (!said()) {
            return;
        }
        var init = vm.putObject("initialization");
        put(init, "host_name", hostName);
        put(init, "user_name", user);
        put(init, "root_password", passwordFile == null ? null : UserCommands.read(passwordFile));
        put(init, "authorized_ssh_keys", keys == null ? null : text(keys).strip());
        put(init, "timezone", zone);
        put(init, "dns_servers", servers == null ? null : String.join(" ", servers));
        put(init, "dns_search", domains == null ? null : String.join(" ", domains));
        put(init, "regenerate_ssh_keys", newHostKeys ? "true" : null);
        put(init, "org_name", organisation);
        put(init, "domain", joined);
        put(init, "active_directory_ou", unit);
        put(init, "windows_license_key", productKey == null ? null : UserCommands.read(productKey));
        for (String part : List.of("input_locale", "ui_language", "system_locale", "user_locale")) {
            put(init, part, locale);
        }
        put(init, "custom_script", script == null ? null : text(script));
        if (nics != null) {
            var list = init.putObject("nic_configurations").putArray("nic_configuration");
            nics.forEach(nic -> list.add(configured(nic)));
        }
    }

    static ObjectNode configured(String said) {
        int equals = said.indexOf('=');
        String how = said.substring(equals + 1);
        if (equals < 1 || how.isBlank()) {
            throw wrong(said);
        }
        var nic = Json.object().put("name", said.substring(0, equals)).put("on_boot", "true");
        if (how.equals("dhcp") || how.equals("none")) {
            return nic.put("boot_protocol", how);
        }
        String[] parts = how.split(",", 2);
        int slash = parts[0].indexOf('/');
        if (slash < 1 || !parts[0].substring(slash + 1).matches("[0-9]{1,3}")) {
            throw wrong(said);
        }
        String address = parts[0].substring(0, slash);
        int bits = Integer.parseInt(parts[0].substring(slash + 1));
        boolean six = address.contains(":");
        if (bits > (six ? 128 : 32)) {
            throw wrong(said);
        }
        nic.put(six ? "ipv6_boot_protocol" : "boot_protocol", "static");
        var ip = nic.putObject(six ? "ipv6" : "ip")
                .put("version", six ? "v6" : "v4")
                .put("address", address)
                .put("netmask", six ? Integer.toString(bits) : mask(bits));
        if (parts.length > 1) {
            ip.put("gateway", parts[1]);
        }
        return nic;
    }

    private static String mask(int bits) {
        long mask = bits == 0 ? 0 : -1L << (32 - bits);
        return (mask >> 24 & 255) + "." + (mask >> 16 & 255) + "." + (mask >> 8 & 255) + "." + (mask & 255);
    }

    private static CommandFailure wrong(String said) {
        return CommandFailure.usage("'" + Text.clean(said)
                + "' configures no network interface: write NIC=dhcp, NIC=none" + " or NIC=ADDRESS/BITS,GATEWAY.");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw CommandFailure.usage("The file " + file + " cannot be read: " + e.getMessage());
        }
    }

    private static void put(ObjectNode into, String name, @Nullable String value) {
        if (value != null) {
            into.put(name, value);
        }
    }
}
