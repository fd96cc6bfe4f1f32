package org.bellwether.engine.vm;

import java.util.Optional;
import java.util.function.Function;
import org.bellwether.api.types.NetworkFilterParameter;
import org.bellwether.api.types.NicInterface;
import org.bellwether.api.types.Qos;
import org.bellwether.engine.inventory.NetworkFilters;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.network.VnicProfile;
import org.bellwether.protocol.Bandwidth;
import org.bellwether.protocol.FilterParameter;
import org.bellwether.protocol.NicDevice;
import org.jspecify.annotations.Nullable;

/** A machine's network interface as a host is told of it: what the machine says, and what its vNIC profile and network add. */
public final class NicDevices {

    /** The API counts megabits and megabytes, libvirt kibibytes. */
    private static final long KIB_OF_MEGABIT = 1_000_000 / 8 / 1024;

    private static final long KIB_OF_MEBIBYTE = 1024;

    private final Networks networks;
    private final Function<String, Optional<Qos>> qos;
    private final NetworkFilters filters = new NetworkFilters();

    /** @param qos the limits of that id, if there still are any */
    public NicDevices(Networks networks, Function<String, Optional<Qos>> qos) {
        this.networks = networks;
        this.qos = qos;
    }

    NicDevice of(Nic nic) {
        var device = NicDevice.newBuilder()
                .setNicId(nic.id().toString())
                .setModel(model(nic.spec().interface_()))
                .setLinked(!Boolean.FALSE.equals(nic.spec().linked()));
        Optional.ofNullable(nic.mac()).ifPresent(device::setMac);
        nic.profileId().map(networks::profile).ifPresent(profile -> {
            plug(device, networks.get(profile.network()));
            restrict(device, profile);
        });
        var parameters = nic.spec().networkFilterParameters();
        if (parameters != null && !device.getFilter().isEmpty()) {
            parameters.forEach(each -> device.addFilterParameters(parameter(each)));
        }
        return device.build();
    }

    private static FilterParameter parameter(NetworkFilterParameter parameter) {
        return FilterParameter.newBuilder()
                .setName(String.valueOf(parameter.name()))
                .setValue(String.valueOf(parameter.value_()))
                .build();
    }

    private static void plug(NicDevice.Builder device, Network network) {
        var spec = network.spec();
        device.setNetwork(network.name()).setIsolated(Boolean.TRUE.equals(spec.portIsolation()));
        var mtu = spec.mtu();
        if (mtu != null && mtu > 0) {
            device.setMtu(Math.toIntExact(mtu));
        }
    }

    private void restrict(NicDevice.Builder device, VnicProfile profile) {
        var spec = profile.spec();
        Optional.ofNullable(spec.networkFilter())
                .flatMap(filter -> Optional.ofNullable(filter.id()))
                .flatMap(filters::find)
                .ifPresent(filter -> device.setFilter(String.valueOf(filter.name())));
        device.setMirrored(Boolean.TRUE.equals(spec.portMirroring()));
        Optional.ofNullable(spec.qos())
                .flatMap(link -> Optional.ofNullable(link.id()))
                .flatMap(qos)
                .ifPresent(limits -> {
                    bandwidth(limits.inboundAverage(), limits.inboundPeak(), limits.inboundBurst())
                            .ifPresent(device::setInbound);
                    bandwidth(limits.outboundAverage(), limits.outboundPeak(), limits.outboundBurst())
                            .ifPresent(device::setOutbound);
                });
    }

    private static Optional<Bandwidth> bandwidth(@Nullable Long average, @Nullable Long peak, @Nullable Long burst) {
        if (average == null || average == 0) {
            return Optional.empty();
        }
        return Optional.of(Bandwidth.newBuilder()
                .setAverageKibPerSecond(average * KIB_OF_MEGABIT)
                .setPeakKibPerSecond((peak == null ? average : peak) * KIB_OF_MEGABIT)
                .setBurstKib((burst == null ? 1 : burst) * KIB_OF_MEBIBYTE)
                .build());
    }

    private static String model(@Nullable NicInterface model) {
        if (model == null) {
            return "virtio";
        }
        return switch (model) {
            case VIRTIO, PCI_PASSTHROUGH, SPAPR_VLAN -> "virtio";
            case E1000 -> "e1000";
            case E1000E -> "e1000e";
            case RTL8139, RTL8139_VIRTIO -> "rtl8139";
        };
    }
}
