package org.bellwether.engine.vm;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.Application;
import org.bellwether.api.types.Ip;
import org.bellwether.api.types.IpVersion;
import org.bellwether.api.types.Mac;
import org.bellwether.api.types.ReportedDevice;
import org.bellwether.api.types.ReportedDeviceType;
import org.bellwether.api.types.Session;
import org.bellwether.api.types.Statistic;
import org.bellwether.api.types.StatisticUnit;
import org.bellwether.api.types.User;
import org.bellwether.engine.inventory.StatisticsApi;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.protocol.GuestData;
import org.bellwether.protocol.GuestInterface;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MachineStatistics;

/** What guests and hosts report of machines, on the wire: devices with their addresses, and numbers. */
final class GuestReports {

    private final Vms vms;
    private final ObservedMachines observed;

    GuestReports(Vms vms, ObservedMachines observed) {
        this.vms = vms;
        this.observed = observed;
    }

    void serve(ApiRoutes routes, StatisticsApi statistics) {
        routes.read("vm_reported_devices", "list", request -> Reply.list(devices(request)));
        routes.read(
                "vm_reported_device",
                "get",
                request -> Reply.of(devices(request).stream()
                        .filter(device -> request.pathId().equals(device.id()))
                        .findFirst()
                        .orElseThrow(() ->
                                Failure.notFound("The machine reports no device with the id " + request.pathId()))));
        routes.read("vm_sessions", "list", request -> Reply.list(sessions(vms.get(request.id(0)))));
        routes.read(
                "vm_session",
                "get",
                request -> Reply.of(sessions(vms.get(request.<Vm>id(0))).stream()
                        .filter(session -> request.pathId(1).equals(session.id()))
                        .findFirst()
                        .orElseThrow(() ->
                                Failure.notFound("Nobody is signed on there under the id " + request.pathId(1)))));
        routes.read("vm_applications", "list", request -> Reply.list(applications(vms.get(request.id(0)))));
        routes.read(
                "vm_application",
                "get",
                request -> Reply.of(applications(vms.get(request.<Vm>id(0))).stream()
                        .filter(application -> request.pathId(1).equals(application.id()))
                        .findFirst()
                        .orElseThrow(
                                () -> Failure.notFound("The guest tells of no application " + request.pathId(1)))));
        statistics.source("vm", request -> statistics(vms.get(request.id(0))));
    }

    /** Below a machine all its devices, below one of its interfaces the device of that address. */
    private List<ReportedDevice> devices(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        Optional<Nic> nic = request.targets().stream()
                .filter(target -> target.service().equals("vm_nic"))
                .findFirst()
                .map(target -> vms.nic(request.id(1)));
        return devices(vm, nic);
    }

    List<ReportedDevice> devices(Vm vm, Optional<Nic> nic) {
        var mac = nic.map(Nic::mac);
        return state(vm)
                .filter(MachineState::hasGuest)
                .map(state -> state.getGuest().getInterfacesList().stream()
                        .filter(each -> mac.isEmpty() || mac.get().equalsIgnoreCase(each.getMac()))
                        .map(each -> device(vm, each))
                        .toList())
                .orElse(List.of());
    }

    /** Who is signed on inside the guest. */
    private List<Session> sessions(Vm vm) {
        return state(vm).stream()
                .flatMap(state -> state.getGuest().getUsersList().stream())
                .map(user -> Session.builder()
                        .id(id(vm, "user/" + user.getDomain() + "/" + user.getName() + "/" + user.getLoginTimeMs()))
                        .user(User.builder()
                                .userName(
                                        user.getDomain().isEmpty()
                                                ? user.getName()
                                                : user.getName() + "@" + user.getDomain())
                                .build())
                        .consoleUser(false)
                        .vm(reference(vm))
                        .build())
                .toList();
    }

    /** What guests' agents tell of installed software is the kernel and the agent itself. */
    List<Application> applications(Vm vm) {
        return state(vm).filter(MachineState::hasGuest).map(MachineState::getGuest).stream()
                .flatMap(guest -> java.util.stream.Stream.of(
                        guest.getKernelRelease().isEmpty() ? "" : "kernel-" + guest.getKernelRelease(),
                        guest.getAgentVersion().isEmpty() ? "" : "qemu-guest-agent-" + guest.getAgentVersion()))
                .filter(name -> !name.isEmpty())
                .map(name -> Application.builder()
                        .id(id(vm, "application/" + name))
                        .name(name)
                        .vm(reference(vm))
                        .build())
                .toList();
    }

    private static String id(Vm vm, String what) {
        return UUID.nameUUIDFromBytes((vm.id() + "/" + what).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private static org.bellwether.api.types.Vm reference(Vm vm) {
        return org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build();
    }

    private Optional<MachineState> state(Vm vm) {
        return vm.hostId().flatMap(host -> observed.on(host, vm.id()));
    }

    private static ReportedDevice device(Vm vm, GuestInterface reported) {
        return ReportedDevice.builder()
                .id(UUID.nameUUIDFromBytes((vm.id() + "/" + reported.getName()).getBytes(StandardCharsets.UTF_8))
                        .toString())
                .name(reported.getName())
                .description("guest reported data")
                .type(ReportedDeviceType.NETWORK)
                .mac(Mac.builder().address(reported.getMac()).build())
                .ips(reported.getAddressesList().stream()
                        .map(address -> Ip.builder()
                                .address(address)
                                .version(address.contains(":") ? IpVersion.V6 : IpVersion.V4)
                                .build())
                        .toList())
                .vm(org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build())
                .build();
    }

    /** As clients of the reference read it. */
    private static String fileSystems(GuestData guest) {
        return Json.write(guest.getFilesystemsList().stream()
                .map(each -> {
                    var told = new LinkedHashMap<String, String>();
                    told.put("path", each.getMountPoint());
                    told.put("total", Long.toUnsignedString(each.getTotalBytes()));
                    told.put("used", Long.toUnsignedString(each.getUsedBytes()));
                    told.put("fs", each.getType());
                    return told;
                })
                .toList());
    }

    private List<Statistic> statistics(Vm vm) {
        long installed = vms.memoryBytes(vm);
        var numbers = observed.statistics(vm.id())
                .filter(any -> vm.host() != null)
                .orElse(MachineStatistics.getDefaultInstance());
        var statistics = new ArrayList<>(List.of(
                StatisticsApi.whole("memory.installed", "Total memory configured", StatisticUnit.BYTES, installed),
                StatisticsApi.whole(
                        "memory.used", "Memory used (agent)", StatisticUnit.BYTES, numbers.getMemoryUsedBytes()),
                StatisticsApi.whole(
                        "memory.free", "Memory free (agent)", StatisticUnit.BYTES, numbers.getMemoryFreeBytes()),
                StatisticsApi.whole(
                        "memory.buffered",
                        "Memory buffered (agent)",
                        StatisticUnit.BYTES,
                        numbers.getMemoryBufferedBytes()),
                StatisticsApi.whole(
                        "memory.cached", "Memory cached (agent)", StatisticUnit.BYTES, numbers.getMemoryCachedBytes()),
                StatisticsApi.gauge(
                        "cpu.current.total", "Total CPU used", StatisticUnit.PERCENT, numbers.getCpuPercent()),
                StatisticsApi.gauge(
                        "cpu.current.guest", "CPU used by guest", StatisticUnit.PERCENT, numbers.getCpuPercent()),
                StatisticsApi.gauge("cpu.current.hypervisor", "CPU overhead", StatisticUnit.PERCENT, 0)));
        state(vm)
                .filter(MachineState::hasGuest)
                .ifPresent(state -> statistics.add(StatisticsApi.words(
                        "disks.usage",
                        "Disk usage, in bytes, by filesystem as JSON (agent)",
                        fileSystems(state.getGuest()))));
        state(vm).ifPresent(state -> {
            statistics.add(StatisticsApi.whole(
                    "migration.progress",
                    "Migration Progress",
                    StatisticUnit.PERCENT,
                    state.getMigration().getProgressPercent()));
            statistics.add(StatisticsApi.gauge(
                    "elapsed.time",
                    "Elapsed VM runtime",
                    StatisticUnit.SECONDS,
                    Math.max(0, (System.currentTimeMillis() - state.getStartedMs()) / 1000.0)));
        });
        return statistics;
    }
}
