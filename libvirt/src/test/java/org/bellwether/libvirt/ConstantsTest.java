package org.bellwether.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.bellwether.libvirt.flags.*;
import org.bellwether.libvirt.foreign.Headers;
import org.junit.jupiter.api.Test;

/** Every constant has the number that the C headers of this machine give to the same name. */
class ConstantsTest {
    private static final Map<Class<? extends Enum<?>>, String> PREFIXES = new LinkedHashMap<>();

    static {
        PREFIXES.put(AbortJobFlag.class, "VIR_DOMAIN_ABORT_JOB_");
        PREFIXES.put(BackupFlag.class, "VIR_DOMAIN_BACKUP_BEGIN_");
        PREFIXES.put(BlockCommitFlag.class, "VIR_DOMAIN_BLOCK_COMMIT_");
        PREFIXES.put(BlockCopyFlag.class, "VIR_DOMAIN_BLOCK_COPY_");
        PREFIXES.put(BlockJobAbortFlag.class, "VIR_DOMAIN_BLOCK_JOB_ABORT_");
        PREFIXES.put(BlockResizeFlag.class, "VIR_DOMAIN_BLOCK_RESIZE_");
        PREFIXES.put(CheckpointCreateFlag.class, "VIR_DOMAIN_CHECKPOINT_CREATE_");
        PREFIXES.put(CheckpointDeleteFlag.class, "VIR_DOMAIN_CHECKPOINT_DELETE_");
        PREFIXES.put(CheckpointXmlFlag.class, "VIR_DOMAIN_CHECKPOINT_XML_");
        PREFIXES.put(CreateFlag.class, "VIR_DOMAIN_START_");
        PREFIXES.put(DefineFlag.class, "VIR_DOMAIN_DEFINE_");
        PREFIXES.put(DestroyFlag.class, "VIR_DOMAIN_DESTROY_");
        PREFIXES.put(DeviceFlag.class, "VIR_DOMAIN_DEVICE_MODIFY_");
        PREFIXES.put(GuestInfoGroup.class, "VIR_DOMAIN_GUEST_INFO_");
        PREFIXES.put(JobStatsFlag.class, "VIR_DOMAIN_JOB_STATS_");
        PREFIXES.put(ListFlag.class, "VIR_CONNECT_LIST_DOMAINS_");
        PREFIXES.put(MemoryFlag.class, "VIR_DOMAIN_MEM_");
        PREFIXES.put(MigrateFlag.class, "VIR_MIGRATE_");
        PREFIXES.put(ModifyFlag.class, "VIR_DOMAIN_AFFECT_");
        PREFIXES.put(RebootFlag.class, "VIR_DOMAIN_REBOOT_");
        PREFIXES.put(SaveFlag.class, "VIR_DOMAIN_SAVE_");
        PREFIXES.put(ShutdownFlag.class, "VIR_DOMAIN_SHUTDOWN_");
        PREFIXES.put(SnapshotCreateFlag.class, "VIR_DOMAIN_SNAPSHOT_CREATE_");
        PREFIXES.put(SnapshotDeleteFlag.class, "VIR_DOMAIN_SNAPSHOT_DELETE_");
        PREFIXES.put(SnapshotListFlag.class, "VIR_DOMAIN_SNAPSHOT_LIST_");
        PREFIXES.put(SnapshotRevertFlag.class, "VIR_DOMAIN_SNAPSHOT_REVERT_");
        PREFIXES.put(StatsFlag.class, "VIR_CONNECT_GET_ALL_DOMAINS_STATS_");
        PREFIXES.put(StatsGroup.class, "VIR_DOMAIN_STATS_");
        PREFIXES.put(UndefineFlag.class, "VIR_DOMAIN_UNDEFINE_");
        PREFIXES.put(VcpuFlag.class, "VIR_DOMAIN_VCPU_");
        PREFIXES.put(XmlFlag.class, "VIR_DOMAIN_XML_");

        PREFIXES.put(AddressSource.class, "VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_");
        PREFIXES.put(AgentLifecycleReason.class, "VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_");
        PREFIXES.put(BlockJobStatus.class, "VIR_DOMAIN_BLOCK_JOB_");
        PREFIXES.put(BlockJobType.class, "VIR_DOMAIN_BLOCK_JOB_TYPE_");
        PREFIXES.put(CloseReason.class, "VIR_CONNECT_CLOSE_REASON_");
        PREFIXES.put(DomainEventType.class, "VIR_DOMAIN_EVENT_ID_");
        PREFIXES.put(DomainState.class, "VIR_DOMAIN_");
        PREFIXES.put(ErrorCode.class, "VIR_ERR_");
        PREFIXES.put(ErrorDomain.class, "VIR_FROM_");
        PREFIXES.put(ErrorLevel.class, "VIR_ERR_");
        PREFIXES.put(IoErrorAction.class, "VIR_DOMAIN_EVENT_IO_ERROR_");
        PREFIXES.put(JobType.class, "VIR_DOMAIN_JOB_");
        PREFIXES.put(LifecycleDetail.class, "VIR_DOMAIN_EVENT_");
        PREFIXES.put(LifecycleEvent.class, "VIR_DOMAIN_EVENT_");
        PREFIXES.put(StateReason.class, "VIR_DOMAIN_");
        PREFIXES.put(WatchdogAction.class, "VIR_DOMAIN_EVENT_WATCHDOG_");
    }

    @Test
    void constants_have_the_numbers_of_the_headers() throws Exception {
        var headers = Headers.read();
        var names = new ArrayList<String>();
        var numbers = new ArrayList<Long>();
        PREFIXES.forEach((type, prefix) -> {
            for (var constant : type.getEnumConstants()) {
                var name = prefix + constant.name();
                // What a newer libvirt added than this machine has cannot be compared here.
                if (headers.knows(name)) {
                    names.add(name);
                    numbers.add(numberOf(constant));
                }
            }
        });
        assertThat(names).hasSizeGreaterThan(400);
        var actual = Headers.evaluate(names);
        for (int index = 0; index < names.size(); index++) {
            assertThat(actual.get(index).intValue())
                    .as(names.get(index))
                    .isEqualTo(numbers.get(index).intValue());
        }
    }

    @Test
    void every_enum_of_libvirts_is_compared() throws Exception {
        var compared = new TreeSet<String>();
        PREFIXES.keySet().forEach(type -> compared.add(type.getName()));
        var root = Path.of(Libvirt.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        var existing = new TreeSet<String>();
        try (var files = Files.walk(root)) {
            files.map(file -> root.relativize(file).toString())
                    .filter(name -> name.endsWith(".class"))
                    .map(name -> name.substring(0, name.length() - 6).replace('/', '.'))
                    .filter(name -> isEnum(name))
                    .forEach(existing::add);
        }
        assertThat(existing).isEqualTo(compared);
    }

    private static boolean isEnum(String name) {
        try {
            return Class.forName(name, false, ConstantsTest.class.getClassLoader())
                    .isEnum();
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long numberOf(Enum<?> constant) {
        return switch (constant) {
            case Flag flag -> flag.bits();
            case Numbered numbered -> numbered.number();
            case StateReason reason -> reason.number();
            case LifecycleDetail detail -> detail.number();
            default -> throw new IllegalStateException("no number: " + constant);
        };
    }
}
