package org.bellwether.engine.inventory;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.bellwether.protocol.CpuDescription;
import org.bellwether.protocol.HostDescription;

/** The processor types of cluster level 4.8, and which of them a host can serve. */
public final class CpuTypes {

    private final List<CpuType> types;

    private CpuTypes(List<CpuType> types) {
        this.types = types;
    }

    public static CpuTypes load() {
        var resource = Objects.requireNonNull(CpuTypes.class.getResourceAsStream("cpu-types-4.8.txt"));
        try (var lines = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return new CpuTypes(lines.lines()
                    .filter(line -> !line.isBlank())
                    .map(CpuTypes::parse)
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A line is {@code level:name:flags:libvirt model with features:architecture}. */
    private static CpuType parse(String line) {
        var parts = line.split(":");
        var flags = new HashSet<String>();
        Optional<String> model = Optional.empty();
        for (var flag : parts[2].split(",")) {
            if (flag.startsWith("model_")) {
                model = Optional.of(flag.substring("model_".length()));
            } else if (!flag.isBlank()) {
                flags.add(flag.strip());
            }
        }
        var machine = parts[3].split(",");
        return new CpuType(
                Integer.parseInt(parts[0].strip()),
                parts[1].strip(),
                Set.copyOf(flags),
                model,
                machine[0].strip(),
                Arrays.stream(machine).skip(1).map(String::strip).toList(),
                parts[4].strip());
    }

    public List<CpuType> all() {
        return types;
    }

    public Optional<CpuType> named(String name) {
        return types.stream().filter(type -> type.name().equals(name)).findFirst();
    }

    /** The newest type that a host can serve; the vendor's oldest when it serves none but emulates. */
    public Optional<CpuType> detect(HostDescription host) {
        var ofVendor = types.stream()
                .filter(type -> type.vendor().equals(host.getCpu().getVendor()))
                .sorted(Comparator.comparingInt(CpuType::level).reversed())
                .toList();
        if (host.getHardwareVirtualisation()) {
            return ofVendor.stream()
                    .filter(type -> missing(type, host).isEmpty())
                    .findFirst();
        }
        // What the emulator has in full, or else the oldest, which every libvirt knows by name.
        var models = Set.copyOf(host.getCpu().getUsableModelsList());
        return ofVendor.stream()
                .filter(type -> type.model().filter(models::contains).isPresent())
                .findFirst()
                .or(() -> ofVendor.isEmpty() ? Optional.empty() : Optional.of(ofVendor.getLast()));
    }

    /**
     * What a host lacks to serve a type: flags and models, in words; empty when it lacks nothing.
     *
     * <p>Where guests are emulated, the emulator and not the processor decides what machines get, and it leaves out what
     * it cannot do (QEMU 7.2 emulates no AMD model of the list in full): then only the vendor must agree.
     */
    public List<String> missing(CpuType type, HostDescription host) {
        var cpu = host.getCpu();
        if (!type.vendor().equals(cpu.getVendor())) {
            return List.of("a processor of " + type.vendor() + " (it has one of " + vendorOf(cpu) + ")");
        }
        var missing = new ArrayList<String>();
        if (host.getHardwareVirtualisation()) {
            var flags = Set.copyOf(cpu.getFlagsList());
            type.flags().stream()
                    .filter(flag -> !flags.contains(flag) && !flags.contains(flag.replace('-', '_')))
                    .sorted()
                    .forEach(missing::add);
            type.model()
                    .filter(model -> !cpu.getUsableModelsList().contains(model))
                    .ifPresent(missing::add);
        }
        return missing;
    }

    private static String vendorOf(CpuDescription cpu) {
        return cpu.getVendor().isBlank() ? "an unknown vendor" : cpu.getVendor();
    }
}
