package org.bellwether.engine.ovf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bellwether.api.BadDocument;
import org.bellwether.api.Codec;
import org.bellwether.api.Format;
import org.bellwether.api.types.BootDevice;
import org.bellwether.api.types.BootProtocol;
import org.bellwether.api.types.Initialization;
import org.bellwether.api.types.Ip;
import org.bellwether.api.types.NicConfiguration;
import org.bellwether.api.types.RngDevice;
import org.bellwether.api.types.RngSource;
import org.bellwether.api.types.Usb;
import org.bellwether.api.types.Vm;
import org.bellwether.api.types.WatchdogAction;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Reads a machine's equipment, as oVirt and this engine write it. Names count without their prefixes. */
final class OvfEquipmentReader {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST = 64;

    private final Element system;
    private final List<Element> items;

    /** @param items the devices that stand in it */
    OvfEquipmentReader(Element system, List<Element> items) {
        this.system = system;
        this.items = items;
    }

    OvfEquipment read() {
        return new OvfEquipment(
                device("watchdog").map(OvfEquipmentReader::action),
                device("tpm").isPresent(),
                device("sound").isPresent(),
                boot(),
                properties(),
                child(system, "VmInit").map(OvfEquipmentReader::firstBoot),
                settings());
    }

    private Vm settings() {
        var settings = OvfSettings.read(name -> text(system, name)).toBuilder();
        device("rng")
                .ifPresent(rng -> settings.rngDevice(RngDevice.builder()
                        .source(
                                parameter(rng, "source").equalsIgnoreCase(RngSource.HWRNG.wire())
                                        ? RngSource.HWRNG
                                        : RngSource.URANDOM)
                        .build()));
        if (items.stream()
                .anyMatch(item -> text(item, "ResourceType").equals(Integer.toString(OvfSettings.USB))
                        && text(item, "UsbPolicy").equalsIgnoreCase(OvfSettings.USB_NATIVE))) {
            settings.usb(Usb.builder().enabled(true).build());
        }
        return settings.build();
    }

    private static String parameter(Element item, String name) {
        return child(item, "SpecParams")
                .map(parameters -> text(parameters, name))
                .orElse("");
    }

    private Optional<Element> device(String type) {
        return items.stream()
                .filter(item -> text(item, "Type").equalsIgnoreCase(type)
                        && !text(item, "IsPlugged").equalsIgnoreCase("false"))
                .findFirst();
    }

    /** What a watchdog does whose action nobody knows: what a new one does. */
    private static WatchdogAction action(Element item) {
        var told = parameter(item, "action");
        return Arrays.stream(WatchdogAction.values())
                .filter(action -> action.wire().equalsIgnoreCase(told))
                .findFirst()
                .orElse(WatchdogAction.RESET);
    }

    private List<BootDevice> boot() {
        try {
            return OvfEquipment.devices(Long.parseLong(text(system, "default_boot_sequence")));
        } catch (NumberFormatException none) {
            return List.of();
        }
    }

    private Map<String, String> properties() {
        var found = new LinkedHashMap<String, String>();
        for (var list : List.of("PredefinedProperties", "UserDefinedProperties")) {
            for (var property : text(system, list).split(";")) {
                int equals = property.indexOf('=');
                if (equals > 0) {
                    found.put(property.substring(0, equals).strip(), property.substring(equals + 1));
                }
            }
        }
        for (var property : children(system, "CustomProperty")) {
            found.put(attribute(property, "name"), attribute(property, "value"));
        }
        if (found.size() > MOST) {
            throw OvfXml.broken("it has more than " + MOST + " custom properties");
        }
        return found;
    }

    /** Whole, where this engine wrote it; else what oVirt tells of it. */
    private static Initialization firstBoot(Element told) {
        var whole = attribute(told, "initialization");
        if (whole.isEmpty()) {
            return ofOvirt(told);
        }
        try {
            var init = Codec.read(Format.JSON, whole.getBytes(StandardCharsets.UTF_8), Initialization.TYPE);
            var nics = init.nicConfigurations();
            if (nics != null && nics.size() > MOST) {
                throw tooMany();
            }
            return init;
        } catch (BadDocument e) {
            throw OvfXml.broken("its first-boot settings make no sense: " + e.getMessage());
        }
    }

    private static Initialization ofOvirt(Element told) {
        var regenerate = attribute(told, "regenerateKeys");
        var nics = networks(attribute(told, "networks"));
        return Initialization.builder()
                .hostName(present(attribute(told, "hostname")))
                .domain(present(attribute(told, "domain")))
                .timezone(present(attribute(told, "timeZone")))
                .authorizedSshKeys(lines(attribute(told, "authorizedKeys")))
                .regenerateSshKeys(regenerate.isEmpty() ? null : regenerate.equalsIgnoreCase("true"))
                .dnsServers(present(attribute(told, "dnsServers")))
                .dnsSearch(present(attribute(told, "dnsSearch")))
                .windowsLicenseKey(present(attribute(told, "winKey")))
                .rootPassword(present(attribute(told, "rootPassword")))
                .customScript(lines(attribute(told, "customScript")))
                .nicConfigurations(nics.isEmpty() ? null : nics)
                .build();
    }

    private static @Nullable String present(String text) {
        return text.isEmpty() ? null : text;
    }

    /** oVirt writes the one and reads the other. */
    private static @Nullable String lines(String text) {
        return present(text.replace("&#10;", "\n").replace("\\n", "\n"));
    }

    /** As oVirt's serializer leaves them: objects, somewhere within lists that tell their Java types. */
    private static List<NicConfiguration> networks(String json) {
        if (json.isBlank()) {
            return List.of();
        }
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw OvfXml.broken("its first-boot networks are no JSON: " + e.getOriginalMessage());
        }
        var found = root.findParents("bootProtocol");
        if (found.size() > MOST) {
            throw tooMany();
        }
        var nics = new ArrayList<NicConfiguration>();
        found.forEach(each -> nics.add(network(each)));
        return nics;
    }

    private static RuntimeException tooMany() {
        return OvfXml.broken("it has first-boot settings for more than " + MOST + " network interfaces");
    }

    private static NicConfiguration network(JsonNode told) {
        var nic = NicConfiguration.builder()
                .name(word(told, "name"))
                .onBoot(told.path("startOnBoot").asBoolean(false))
                .bootProtocol(protocol(told.path("bootProtocol")));
        if (word(told, "ip") != null) {
            nic.ip(Ip.builder()
                    .address(word(told, "ip"))
                    .netmask(word(told, "netmask"))
                    .gateway(word(told, "gateway"))
                    .build());
        }
        if (told.has("ipv6BootProtocol")) {
            nic.ipv6BootProtocol(protocol(told.path("ipv6BootProtocol")));
        }
        if (word(told, "ipv6Address") != null) {
            nic.ipv6(Ip.builder()
                    .address(word(told, "ipv6Address"))
                    .netmask(word(told, "ipv6Prefix"))
                    .gateway(word(told, "ipv6Gateway"))
                    .build());
        }
        return nic.build();
    }

    private static @Nullable String word(JsonNode told, String name) {
        return present(told.path(name).asText(""));
    }

    /** A word, or a list whose last is the word. */
    private static BootProtocol protocol(JsonNode told) {
        var word = (told.isArray() && !told.isEmpty() ? told.get(told.size() - 1) : told).asText("");
        return switch (word.toUpperCase(Locale.ROOT)) {
            case "DHCP" -> BootProtocol.DHCP;
            case "STATIC_IP" -> BootProtocol.STATIC;
            case "AUTOCONF" -> BootProtocol.AUTOCONF;
            case "POLY_DHCP_AUTOCONF" -> BootProtocol.POLY_DHCP_AUTOCONF;
            default -> BootProtocol.NONE;
        };
    }

    private static String text(Element parent, String name) {
        return child(parent, name)
                .map(Element::getTextContent)
                .map(String::strip)
                .orElse("");
    }

    private static Optional<Element> child(Element parent, String name) {
        return children(parent, name).stream().findFirst();
    }

    private static List<Element> children(Element parent, String name) {
        var found = new ArrayList<Element>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && name.equals(local(element))) {
                found.add(element);
            }
        }
        return found;
    }

    private static String attribute(Element element, String name) {
        var attributes = element.getAttributes();
        for (int i = 0; i < attributes.getLength(); i++) {
            if (name.equals(local(attributes.item(i)))) {
                return attributes.item(i).getNodeValue();
            }
        }
        return "";
    }

    private static String local(Node node) {
        return node.getNodeName().substring(node.getNodeName().indexOf(':') + 1);
    }
}
