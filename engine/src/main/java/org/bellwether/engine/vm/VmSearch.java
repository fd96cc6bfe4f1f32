package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.template.Templates;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MachineStatistics;
import org.bellwether.protocol.NicStatistics;
import org.jspecify.annotations.Nullable;

/** What can be searched of machines: what was decided, and what hosts and guests say at this moment. */
final class VmSearch {
    private static final int MIB = 20;

    private final Vms vms;
    private final ObservedMachines observed;
    private final GuestReports guests;

    VmSearch(Vms vms, ObservedMachines observed, GuestReports guests) {
        this.vms = vms;
        this.observed = observed;
        this.guests = guests;
    }

    SearchSchema<Vm> schema(
            Clusters clusters,
            Hosts hosts,
            Templates templates,
            VmPools pools,
            Disks disks,
            Networks networks,
            SearchSchema<Host> hostSchema,
            Clock clock) {
        var nics = nics(networks);
        return decided(SearchSchema.of("machines"))
                .text("cluster", vm -> clusters.get(vm.cluster()).name())
                .choice("architecture", vm -> clusters.get(vm.cluster()).cpuType() == null ? "undefined" : "x86_64")
                .text(
                        "compatibility_level",
                        vm -> version(clusters.get(vm.cluster()).spec().version()))
                .text(
                        "on_host",
                        vm -> vm.hostId().map(id -> hosts.get(id).name()).orElse(null))
                .text("template", vm -> templates.get(vm.template()).name())
                .text("pool", vm -> pools.of(vm).map(VmPool::name).orElse(null))
                .choice("status", vm -> vms.status(vm).name().toLowerCase(Locale.ROOT))
                .number("memory", vm -> vms.memoryBytes(vm) >> MIB)
                .flag(
                        "has_illegal_images",
                        vm -> disks.ofVm(vm.id()).stream()
                                .flatMap(each -> disks.model().find(each.disk()).stream())
                                .anyMatch(disk -> disk.state() == Disk.State.ILLEGAL))
                .span(
                        "uptime",
                        vm -> vm.started() == null || vm.host() == null
                                ? null
                                : Duration.between(vm.started(), clock.instant()))
                .text(
                        "fqdn",
                        vm -> state(vm)
                                .map(state -> state.getGuest().getHostName())
                                .orElse(null))
                .texts("ip", this::addresses)
                .texts("address", this::addresses)
                .texts(
                        "apps",
                        vm -> guests.applications(vm).stream()
                                .map(each -> String.valueOf(each.name()))
                                .toList())
                .texts(
                        "loggedinuser",
                        vm -> state(vm).stream()
                                .flatMap(state -> state.getGuest().getUsersList().stream())
                                .map(user -> user.getName())
                                .toList())
                .number(
                        "cpu_usage",
                        vm -> statistics(vm)
                                .map(said -> Math.clamp(Math.round(said.getCpuPercent() / cpus(vm)), 0, 100))
                                .orElse(null))
                .number(
                        "mem_usage",
                        vm -> statistics(vm)
                                .map(said -> Math.clamp(
                                        100 * said.getMemoryUsedBytes() / Math.max(1, vms.memoryBytes(vm)), 0, 100))
                                .orElse(null))
                .number(
                        "network_usage",
                        vm -> statistics(vm).map(VmSearch::network).orElse(null))
                .related(List.of("nic", "nics", "vnic"), vm -> vms.nicsOf(vm.id()), () -> nics)
                .related(
                        List.of("host", "hosts"),
                        vm -> vm.hostId().map(hosts::get).map(List::of).orElse(List.of()),
                        () -> hostSchema)
                .number(
                        "migration_progress_percent",
                        vm -> state(vm)
                                .map(state -> state.getMigration().getProgressPercent())
                                .orElse(null))
                .build();
    }

    private static SearchSchema<Nic> nics(Networks networks) {
        return SearchSchema.<Nic>of("network interfaces")
                .text("name", Nic::name)
                .text("mac", Nic::mac)
                .text(
                        "network_name",
                        nic -> nic.profileId()
                                .flatMap(networks.profiles()::find)
                                .map(profile -> networks.get(profile.network()).name())
                                .orElse(null))
                .build();
    }

    private static SearchSchema.Builder<Vm> decided(SearchSchema.Builder<Vm> schema) {
        return schema.text("id", vm -> vm.id().toString())
                .text("name", Vm::name)
                .text("comment", vm -> vm.spec().comment())
                .text("description", vm -> vm.spec().description())
                .text("os", vm -> vm.spec().os() == null ? null : vm.spec().os().type())
                .choice(
                        "type",
                        vm -> vm.spec().type() == null ? null : vm.spec().type().wire())
                .number(
                        "guaranteed_memory",
                        vm -> vm.spec().memoryPolicy() == null
                                        || vm.spec().memoryPolicy().guaranteed() == null
                                ? null
                                : vm.spec().memoryPolicy().guaranteed() >> MIB)
                .number("vcpus", VmSearch::cpus)
                .date("creationdate", Vm::created)
                .text("custom_emulated_machine", vm -> vm.spec().customEmulatedMachine())
                .text("custom_cpu_type", vm -> vm.spec().customCpuModel())
                .text("custom_compatibility_level", vm -> version(vm.spec().customCompatibilityVersion()))
                .choice(
                        "bios_type",
                        vm -> vm.spec().bios() == null || vm.spec().bios().type() == null
                                ? null
                                : vm.spec().bios().type().wire())
                .text(
                        "created_by_user_id",
                        vm -> vm.creator() == null ? null : vm.creator().toString())
                .absent("k8s_namespace", "machines are brought by no Kubernetes")
                .flag(
                        "next_run_config_exists",
                        vm -> vm.running() != null && vm.running().pending());
    }

    private static @Nullable String version(org.bellwether.api.types.@Nullable Version version) {
        return version == null ? null : version.major() + "." + version.minor();
    }

    private static long cpus(Vm vm) {
        CpuTopology topology = vm.spec().cpu() == null ? null : vm.spec().cpu().topology();
        return topology == null ? 1 : one(topology.sockets()) * one(topology.cores()) * one(topology.threads());
    }

    private static long one(@Nullable Long count) {
        return count == null ? 1 : count;
    }

    /** In Mbit/s. */
    private static long network(MachineStatistics said) {
        double bytes = 0;
        for (NicStatistics nic : said.getNicsList()) {
            bytes += nic.getRxBytesPerSecond() + nic.getTxBytesPerSecond();
        }
        return Math.round(bytes * Byte.SIZE / 1_000_000);
    }

    private Optional<MachineState> state(Vm vm) {
        return vm.hostId().flatMap(host -> observed.on(host, vm.id()));
    }

    private Optional<MachineStatistics> statistics(Vm vm) {
        return observed.statistics(vm.id()).filter(any -> vm.host() != null);
    }

    private List<String> addresses(Vm vm) {
        return guests.devices(vm, Optional.empty()).stream()
                .flatMap(device -> device.ips() == null ? Stream.empty() : device.ips().stream())
                .map(ip -> String.valueOf(ip.address()))
                .toList();
    }
}
