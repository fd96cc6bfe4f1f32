package org.bellwether.engine.vm;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.api.types.BootProtocol;
import org.bellwether.api.types.Initialization;
import org.bellwether.api.types.Ip;
import org.bellwether.api.types.NicConfiguration;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.template.FirstBootSettings;
import org.bellwether.protocol.ConfigDrive;
import org.bellwether.protocol.DriveFile;
import org.jspecify.annotations.Nullable;

/**
 * What a guest finds at its first boot. For cloud-init it is a NoCloud disk, whose documents are written as JSON: that is YAML
 * too, and no name or key that people give can break out of it. For Windows it is an answer file for its Setup.
 */
final class FirstBoot {

    private static final String BOUNDARY = "==bellwether-first-boot==";

    private FirstBoot() {}

    static Optional<ConfigDrive> of(Vm vm, org.bellwether.api.types.Vm spec) {
        var init = spec.initialization();
        if (init == null || init.equals(Initialization.builder().build())) {
            return Optional.empty();
        }
        return Optional.of(FirstBootSettings.windows(spec.os()) ? answers(vm, init) : cloud(vm, init));
    }

    private static ConfigDrive cloud(Vm vm, Initialization init) {
        var meta = new LinkedHashMap<String, Object>();
        // New at each start that shows these settings: cloud-init applies them once for each.
        meta.put("instance-id", vm.id() + "-" + vm.generation());
        Optional.ofNullable(init.hostName()).ifPresent(name -> meta.put("local-hostname", name));
        var drive = ConfigDrive.newBuilder()
                .setLabel("cidata")
                .addFiles(file("meta-data", Json.write(meta)))
                .addFiles(file("user-data", userData(init)));
        network(init).ifPresent(network -> drive.addFiles(file("network-config", Json.write(network))));
        return drive.build();
    }

    private static String userData(Initialization init) {
        var config = "#cloud-config\n" + Json.write(config(init)) + "\n";
        var script = init.customScript();
        if (script == null || script.isBlank()) {
            return config;
        }
        boolean program = script.startsWith("#!");
        return "Content-Type: multipart/mixed; boundary=\"" + BOUNDARY + "\"\nMIME-Version: 1.0\n\n"
                + part("cloud-config", config)
                + part(program ? "x-shellscript" : "cloud-config", script)
                + "--" + BOUNDARY + "--\n";
    }

    private static String part(String type, String content) {
        var encoded = Base64.getMimeEncoder().encodeToString(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return "--" + BOUNDARY + "\nContent-Type: text/" + type
                + "; charset=\"utf-8\"\nContent-Transfer-Encoding: base64\nMerge-Type: list(append)+dict(recurse_array)+str()\n\n"
                + encoded.replace("\r\n", "\n") + "\n";
    }

    private static Map<String, Object> config(Initialization init) {
        var config = new LinkedHashMap<String, Object>();
        var user = Optional.ofNullable(init.userName())
                .filter(name -> !name.isBlank())
                .orElse("root");
        Optional.ofNullable(init.hostName()).ifPresent(name -> {
            config.put("hostname", name.contains(".") ? name.substring(0, name.indexOf('.')) : name);
            if (name.contains(".")) {
                config.put("fqdn", name);
            }
        });
        var person = new LinkedHashMap<String, Object>(Map.of("name", user, "lock_passwd", false));
        config.put("user", person);
        config.put("disable_root", !user.equals("root"));
        Optional.ofNullable(init.rootPassword()).filter(hash -> !hash.isEmpty()).ifPresent(hash -> {
            config.put("ssh_pwauth", true);
            // Of all the ways to say it the one that holds for people who exist already, such as root, and that every
            // version
            // of cloud-init takes without calling it old.
            person.put("hashed_passwd", hash);
        });
        var keys = lines(init.authorizedSshKeys());
        if (!keys.isEmpty()) {
            config.put("ssh_authorized_keys", keys);
        }
        if (Boolean.TRUE.equals(init.regenerateSshKeys())) {
            config.put("ssh_deletekeys", true);
        }
        Optional.ofNullable(init.timezone()).ifPresent(zone -> config.put("timezone", zone));
        return config;
    }

    private static List<String> lines(@Nullable String text) {
        return text == null
                ? List.of()
                : text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList();
    }

    private static Optional<Map<String, Object>> network(Initialization init) {
        var nics = Optional.ofNullable(init.nicConfigurations()).orElse(List.of());
        var servers = words(init.dnsServers());
        if (nics.isEmpty() && servers.isEmpty()) {
            return Optional.empty();
        }
        var config = new ArrayList<Map<String, Object>>();
        for (NicConfiguration nic : nics) {
            var device = new LinkedHashMap<String, Object>();
            device.put("type", "physical");
            device.put("name", Optional.ofNullable(nic.name()).orElse("eth0"));
            var subnets = new ArrayList<Map<String, Object>>();
            subnet(nic.bootProtocol(), nic.ip(), "").ifPresent(subnets::add);
            subnet(nic.ipv6BootProtocol(), nic.ipv6(), "6").ifPresent(subnets::add);
            device.put("subnets", subnets);
            config.add(device);
        }
        if (!servers.isEmpty()) {
            config.add(Map.of("type", "nameserver", "address", servers, "search", words(init.dnsSearch())));
        }
        return Optional.of(Map.of("version", 1, "config", config));
    }

    private static List<String> words(@Nullable String text) {
        return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("[\\s,]+"));
    }

    private static Optional<Map<String, Object>> subnet(
            @Nullable BootProtocol protocol, @Nullable Ip ip, String version) {
        if (protocol == null) {
            return Optional.empty();
        }
        return switch (protocol) {
            case DHCP, POLY_DHCP_AUTOCONF -> Optional.of(Map.of("type", "dhcp" + version));
            case AUTOCONF -> Optional.of(Map.of("type", "ipv6_slaac"));
            case NONE -> Optional.empty();
            case STATIC -> {
                var subnet = new LinkedHashMap<String, Object>();
                subnet.put("type", "static" + version);
                if (ip == null || ip.address() == null) {
                    throw Failure.badRequest("A static network configuration needs an address");
                }
                subnet.put("address", ip.address());
                Optional.ofNullable(ip.netmask()).ifPresent(mask -> subnet.put("netmask", mask));
                Optional.ofNullable(ip.gateway()).ifPresent(gateway -> subnet.put("gateway", gateway));
                yield Optional.of(subnet);
            }
        };
    }

    private static ConfigDrive answers(Vm vm, Initialization init) {
        var script = init.customScript();
        var answers = script == null || script.isBlank() ? AnswerFile.of(vm.name(), init) : script;
        return ConfigDrive.newBuilder()
                .setLabel("UNATTEND")
                .setAsCd(true)
                .addFiles(file("Unattend.xml", answers))
                .addFiles(file("Autounattend.xml", answers))
                .build();
    }

    private static DriveFile file(String path, String content) {
        return DriveFile.newBuilder()
                .setPath(path)
                .setContent(ByteString.copyFromUtf8(content))
                .build();
    }
}
