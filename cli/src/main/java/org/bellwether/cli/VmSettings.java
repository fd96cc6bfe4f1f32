package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is said of how a machine is to be, when it is made and later. What is not said stays as it is. */
final class VmSettings {

    private static final String HUGE_PAGES = "hugepages";

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    @Nullable
    String description;

    @Option(names = "--comment", paramLabel = "TEXT", description = "A remark.")
    @Nullable
    String comment;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            description = "Its memory, such as 512M or 2G. More can be given while it runs, in steps of 128M.")
    @Nullable
    String memory;

    @Option(names = "--guaranteed", paramLabel = "SIZE", description = "The memory that it has whatever happens.")
    @Nullable
    String guaranteed;

    @Option(names = "--max-memory", paramLabel = "SIZE", description = "Up to where it can grow while it runs.")
    @Nullable
    String most;

    @Option(
            names = "--ballooning",
            negatable = true,
            fallbackValue = "true",
            description = "Whether its host may borrow memory that it does not use.")
    @Nullable
    Boolean ballooning;

    @Option(
            names = "--cpus",
            paramLabel = "NUMBER",
            description = "How many processors it has; NUMBER or SOCKETS:CORES:THREADS. Sockets can be added while it"
                    + " runs.")
    @Nullable
    String cpus;

    @Option(names = "--cpu-model", paramLabel = "MODEL", description = "As libvirt calls it; '' for the cluster's.")
    @Nullable
    String cpuModel;

    @Option(
            names = "--firmware",
            paramLabel = "TYPE",
            description = "q35_sea_bios, q35_ovmf (UEFI), q35_secure_boot, i440fx_sea_bios or cluster_default.")
    @Nullable
    String firmware;

    @Option(names = "--machine-type", paramLabel = "TYPE", description = "As QEMU calls it; '' for the newest.")
    @Nullable
    String machineType;

    @Option(
            names = "--os",
            paramLabel = "SYSTEM",
            description = "Its operating system; see them with bw api GET operatingsystems.")
    @Nullable
    String system;

    @Option(
            names = "--boot",
            split = ",",
            paramLabel = "DEVICE",
            description = "From what it starts, in this order: hd, cdrom, network.")
    @Nullable
    List<String> boot;

    @Option(names = "--boot-menu", negatable = true, fallbackValue = "true", description = "Ask on its screen.")
    @Nullable
    Boolean bootMenu;

    @Option(
            names = "--time-zone",
            paramLabel = "ZONE",
            description = "What its hardware clock shows: Europe/Vienna, or for Windows, which takes it for local time,"
                    + " W. Europe Standard Time.")
    @Nullable
    String timeZone;

    @Option(names = "--tpm", negatable = true, fallbackValue = "true", description = "A TPM 2.0; its state is kept.")
    @Nullable
    Boolean tpm;

    @Option(names = "--sound", negatable = true, fallbackValue = "true", description = "A sound card.")
    @Nullable
    Boolean sound;

    @Option(names = "--usb", negatable = true, fallbackValue = "true", description = "USB 3 ports.")
    @Nullable
    Boolean usb;

    @Option(
            names = "--serial-console",
            negatable = true,
            fallbackValue = "true",
            description = "A serial port for bw vm console.")
    @Nullable
    Boolean serial;

    @Option(names = "--virtio-scsi", negatable = true, fallbackValue = "true", description = "A VirtIO-SCSI bus.")
    @Nullable
    Boolean scsi;

    @Option(names = "--io-threads", paramLabel = "NUMBER", description = "Threads of QEMU for its disks.")
    @Nullable
    Integer ioThreads;

    @Option(names = "--rng", paramLabel = "SOURCE", description = "Random numbers of the host: urandom or hwrng.")
    @Nullable
    String rng;

    @Option(names = "--video", paramLabel = "MODEL", description = "vga, bochs, cirrus or qxl.")
    @Nullable
    String video;

    @Option(
            names = "--huge-pages",
            paramLabel = "KIB",
            description = "Its memory in pages of 2048 or 1048576 KiB, which the host must have set aside; 0 for none.")
    @Nullable
    String hugePages;

    @Option(
            names = "--property",
            paramLabel = "NAME=VALUE",
            description = "A custom property, for the hooks of hosts; without a value it is taken away.")
    @Nullable
    Map<String, String> properties;

    @Option(
            names = "--watchdog",
            paramLabel = "ACTION",
            description = "What happens when the guest does not answer it: reset, poweroff, pause, dump or none; or off"
                    + " for no watchdog.")
    @Nullable
    String watchdog;

    @Option(
            names = "--headless",
            negatable = true,
            fallbackValue = "true",
            description = "Have no screen; the serial console stays.")
    @Nullable
    Boolean headless;

    @Option(
            names = "--stateless",
            negatable = true,
            fallbackValue = "true",
            description = "Forget at each end what it wrote.")
    @Nullable
    Boolean stateless;

    @Option(
            names = "--protect",
            negatable = true,
            fallbackValue = "true",
            description = "Refuse to remove it until this is taken back.")
    @Nullable
    Boolean protect;

    @Option(
            names = "--placement",
            paramLabel = "HOW",
            description = "migratable, user_migratable (only when somebody says so) or pinned (to the hosts of --on).")
    @Nullable
    String placement;

    @Option(
            names = "--on",
            paramLabel = "HOST",
            split = ",",
            description = "The hosts that it prefers or is pinned to.")
    @Nullable
    List<String> hosts;

    @Option(
            names = "--cpu-pinning",
            paramLabel = "HOW",
            description =
                    "Where on its host its processors run: none, manual (as --pin says), dedicated (threads of its"
                            + " own), isolate_threads (a core for each) or resize_and_pin_numa (it becomes like its host).")
    @Nullable
    String pinning;

    @Option(
            names = "--pin",
            paramLabel = "CPU=CPUS",
            description = "A processor of it and where it runs, such as 0=1-3; may be given more than once, and those"
                    + " before are forgotten.")
    @Nullable
    Map<String, String> pins;

    @Option(
            names = "--migration-policy",
            paramLabel = "POLICY",
            description = "Otherwise than its cluster's: " + MigrationWords.POLICIES)
    @Nullable
    String migrationPolicy;

    @Option(
            names = "--encrypt-migration",
            negatable = true,
            fallbackValue = "true",
            description = "Whether its migrations are encrypted, whatever its cluster says.")
    @Nullable
    Boolean encryptMigration;

    @Option(
            names = "--migration-downtime",
            paramLabel = "MS",
            description = "The longest that it may stand still while it migrates; -1: as its migration policy says.")
    @Nullable
    Integer downtime;

    /** @param before the machine as it is; none when it is to be made */
    void into(ObjectNode vm, Session session, Optional<Entity> before) {
        put(vm, "description", description);
        put(vm, "comment", comment);
        sizes(vm);
        processors(vm);
        pinned(vm);
        starting(vm);
        if (migrationPolicy != null) {
            MigrationWords.policy(vm.withObject("/migration"), migrationPolicy);
        }
        within(vm, "migration", "encrypted", encryptMigration);
        put(vm, "migration_downtime", downtime);
        put(vm, "tpm_enabled", tpm);
        put(vm, "soundcard_enabled", sound);
        put(vm, "stateless", stateless);
        put(vm, "delete_protected", protect);
        put(vm, "custom_emulated_machine", machineType);
        put(vm, "custom_cpu_model", cpuModel);
        within(vm, "usb", "enabled", usb);
        if (Boolean.TRUE.equals(usb)) {
            vm.withObject("/usb").put("type", "native");
        }
        within(vm, "console", "enabled", serial);
        within(vm, "virtio_scsi", "enabled", scsi);
        within(vm, "io", "threads", ioThreads);
        within(vm, "rng_device", "source", rng);
        within(vm, "display", "video_type", video);
        custom(vm, before);
        if (placement != null || hosts != null) {
            placed(vm.putObject("placement_policy"), session, before);
        }
    }

    /** Of a template these are said otherwise. */
    void refuseBeside() {
        if (watchdog != null || headless != null) {
            throw CommandFailure.usage("A template's watchdog is said with: bw template watchdog; its screen with:"
                    + " bw api POST templates/ID/graphicsconsoles.");
        }
    }

    /** The watchdog and the screen are objects of their own, which the machine must be there for. */
    void beside(Entity vm, Session session) {
        if (watchdog != null) {
            watchdog(Kind.VM.path(vm), watchdog, session);
        }
        if (headless != null) {
            String path = Kind.VM.path(vm) + "/graphicsconsoles";
            var known = session.engine().list(path);
            if (headless) {
                known.forEach(screen -> session.engine().delete(path + "/" + screen.id()));
            } else if (known.isEmpty()) {
                session.engine().post(path, Json.object().put("protocol", "vnc"));
            }
        }
    }

    /**
     * Gives a machine or a template that watchdog, or none.
     *
     * @param owner its path
     * @param action what happens; or off
     */
    static void watchdog(String owner, String action, Session session) {
        String path = owner + "/watchdogs";
        var known = session.engine().list(path);
        var wish = Json.object().put("model", "i6300esb").put("action", action);
        if (action.equals("off")) {
            known.forEach(dog -> session.engine().delete(path + "/" + dog.id()));
        } else if (known.isEmpty()) {
            session.engine().post(path, wish);
        } else {
            session.engine().put(path + "/" + known.getFirst().id(), wish);
        }
    }

    private void sizes(ObjectNode vm) {
        if (memory != null) {
            vm.put("memory", Long.toString(Text.bytes(memory, "memory")));
        }
        if (guaranteed != null) {
            within(vm, "memory_policy", "guaranteed", Text.bytes(guaranteed, "guaranteed memory"));
        }
        if (most != null) {
            within(vm, "memory_policy", "max", Text.bytes(most, "most memory"));
        }
        within(vm, "memory_policy", "ballooning", ballooning);
    }

    private void processors(ObjectNode vm) {
        if (cpus != null) {
            topology(vm, cpus);
        }
    }

    /** NUMBER, or SOCKETS:CORES:THREADS. */
    static void topology(ObjectNode vm, String cpus) {
        if (!cpus.matches("[1-9][0-9]{0,3}(:[1-9][0-9]{0,3}){0,2}")) {
            throw CommandFailure.usage("A machine has at least one CPU, so --cpus " + Text.clean(cpus)
                    + " cannot be. Say a number, such as 4, or sockets, cores and threads, such as 2:2:1.");
        }
        String[] parts = cpus.split(":");
        vm.withObject("/cpu")
                .putObject("topology")
                .put("sockets", parts[0])
                .put("cores", parts.length > 1 ? parts[1] : "1")
                .put("threads", parts.length > 2 ? parts[2] : "1");
    }

    private void pinned(ObjectNode vm) {
        put(vm, "cpu_pinning_policy", pinning);
        if (pins != null) {
            var list = vm.withObject("/cpu/cpu_tune/vcpu_pins").putArray("vcpu_pin");
            pins.forEach((cpu, set) -> list.addObject().put("vcpu", cpu).put("cpu_set", set));
        }
    }

    private void starting(ObjectNode vm) {
        within(vm, "bios", "type", firmware);
        if (timeZone != null) {
            vm.putObject("time_zone").put("name", timeZone);
        }
        if (bootMenu != null) {
            vm.withObject("/bios/boot_menu").put("enabled", bootMenu.toString());
        }
        within(vm, "os", "type", system);
        if (boot != null) {
            order(vm, boot);
        }
    }

    static void order(ObjectNode vm, List<String> devices) {
        var list = vm.withObject("/os/boot/devices").putArray("device");
        devices.forEach(list::add);
    }

    /** The list of them is sent as a whole: those that nobody speaks of are sent as they are. */
    private void custom(ObjectNode vm, Optional<Entity> before) {
        if (properties == null && hugePages == null) {
            return;
        }
        Map<String, String> all = new LinkedHashMap<>();
        before.ifPresent(known ->
                known.list("custom_properties").forEach(property -> all.put(property.name(), property.text("value"))));
        if (properties != null) {
            all.putAll(properties);
        }
        if (hugePages != null) {
            all.put(HUGE_PAGES, hugePages.equals("0") ? "" : hugePages);
        }
        var list = vm.putObject("custom_properties").putArray("custom_property");
        all.forEach((name, value) -> {
            if (!value.isEmpty()) {
                list.addObject().put("name", name).put("value", value);
            }
        });
    }

    private void placed(ObjectNode policy, Session session, Optional<Entity> before) {
        policy.put(
                "affinity",
                placement != null
                        ? placement
                        : before.map(vm -> vm.text("placement_policy.affinity"))
                                .filter(known -> !known.isEmpty())
                                .orElse("migratable"));
        if (hosts != null) {
            var list = policy.putObject("hosts").putArray("host");
            hosts.stream()
                    .filter(host -> !host.isBlank())
                    .forEach(host -> list.addObject()
                            .put("id", session.lookup().find(Kind.HOST, host).id()));
        }
    }

    private static void put(ObjectNode into, String name, @Nullable Object value) {
        if (value != null) {
            into.put(name, value.toString());
        }
    }

    private static void within(ObjectNode into, String object, String name, @Nullable Object value) {
        if (value != null) {
            into.withObject("/" + object).put(name, value.toString());
        }
    }
}
