package org.bellwether.cli;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * All words of the command line. Only those that are said are put together in full: a start that reads sixty commands to
 * run one would take longer than the command.
 */
final class Words {

    private record Word(String description, Supplier<CommandLine> full) {}

    /** Words that the script {@code bw} keeps to itself, for completion. */
    private static final Map<String, String> OF_THE_SCRIPT = Map.of(
            "up", "Starts the engine, and this machine as its first host.",
            "down", "Takes everything down again.",
            "lab", "More hosts in namespaces, and shared storage.",
            "test", "Runs all tests, or those of a name.",
            "bench", "Measures.",
            "env", "Prints how to reach the engine.",
            "build", "Only builds.",
            "package", "Makes the Debian package of the engine.",
            "engine", "Runs the engine, on its machine: status, backup, doctor and more.");

    private Words() {}

    static CommandLine commandLine(Options options, Session session, String... arguments) {
        var said = Set.copyOf(Arrays.asList(arguments));
        var root = new CommandLine(options);
        words(session).forEach((name, word) -> {
            if (said.contains(name)) {
                root.addSubcommand(name, word.full().get());
            } else {
                root.addSubcommand(name, named(word.description()));
            }
        });
        return settled(root);
    }

    /** With every command in full and the script's own words. */
    static CommandLine everything(Session session) {
        var root = new CommandLine(new Options());
        OF_THE_SCRIPT.forEach((name, description) -> root.addSubcommand(name, named(description)));
        words(session)
                .forEach((name, word) -> root.addSubcommand(name, word.full().get()));
        return settled(root);
    }

    private static CommandLine settled(CommandLine root) {
        return root.setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setOverwrittenOptionsAllowed(false);
    }

    private static CommandSpec named(String description) {
        var spec = CommandSpec.create();
        spec.usageMessage().description(description);
        return spec;
    }

    private static Map<String, Word> words(Session session) {
        Map<String, Word> words = new LinkedHashMap<>();
        words.put(
                "vm",
                new Word(
                        VmCommands.DESCRIPTION,
                        () -> new CommandLine(new VmCommands(session))
                                .addSubcommand("nic", new VmNicCommands(session))
                                .addSubcommand("snapshot", new VmSnapshotCommands(session))
                                .addSubcommand("schedule", new VmScheduleCommands(session))
                                .addSubcommand("device", new VmDeviceCommands(session))
                                .addSubcommand("numa", new VmNumaCommands(session))
                                .addSubcommand("disk", new VmDiskCommands(session))
                                .addSubcommand("inside", new VmInsideCommands(session))));
        words.put("disk", new Word(DiskCommands.DESCRIPTION, () -> new CommandLine(new DiskCommands(session))));
        words.put(
                "template",
                new Word(
                        TemplateCommands.DESCRIPTION,
                        () -> new CommandLine(new TemplateCommands(session))
                                .addSubcommand("nic", new TemplateNicCommands(session))));
        words.put(
                "instance-type",
                new Word(InstanceTypeCommands.DESCRIPTION, () -> new CommandLine(new InstanceTypeCommands(session))));
        words.put("pool", new Word(PoolCommands.DESCRIPTION, () -> new CommandLine(new PoolCommands(session))));
        words.put(
                "host",
                new Word(
                        HostCommands.DESCRIPTION,
                        () -> new CommandLine(new HostCommands(session))
                                .addSubcommand("network", new HostNetworkCommands(session))
                                .addSubcommand("power", new HostPowerCommands(session))));
        words.put("san", new Word(SanCommands.DESCRIPTION, () -> new CommandLine(new SanCommands(session))));
        words.put(
                "storage",
                new Word(
                        StorageCommands.DESCRIPTION,
                        () -> new CommandLine(new StorageCommands(session))
                                .addSubcommand("connection", new StorageConnectionCommands(session))
                                .addSubcommand("profile", new StorageProfileCommands(session))
                                .addSubcommand("unregistered", new StorageUnregisteredCommands(session))));
        words.put(
                "cluster", new Word(ClusterCommands.DESCRIPTION, () -> new CommandLine(new ClusterCommands(session))));
        words.put(
                "datacenter",
                new Word(DataCenterCommands.DESCRIPTION, () -> new CommandLine(new DataCenterCommands(session))));
        words.put(
                "network", new Word(NetworkCommands.DESCRIPTION, () -> new CommandLine(new NetworkCommands(session))));
        words.put(
                "user",
                new Word(
                        UserCommands.DESCRIPTION,
                        () -> new CommandLine(new UserCommands(session))
                                .addSubcommand("key", new UserKeyCommands(session))));
        words.put(
                "account",
                new Word(
                        AccountCommands.DESCRIPTION,
                        () -> new CommandLine(new AccountCommands(session))
                                .addSubcommand("factor", new AccountFactorCommands(session))));
        words.put("group", new Word(GroupCommands.DESCRIPTION, () -> new CommandLine(new GroupCommands(session))));
        words.put("role", new Word(RoleCommands.DESCRIPTION, () -> new CommandLine(new RoleCommands(session))));
        words.put(
                "permission",
                new Word(PermissionCommands.DESCRIPTION, () -> new CommandLine(new PermissionCommands(session))));
        words.put(
                "session", new Word(SessionCommands.DESCRIPTION, () -> new CommandLine(new SessionCommands(session))));
        words.put(
                "bookmark",
                new Word(BookmarkCommands.DESCRIPTION, () -> new CommandLine(new BookmarkCommands(session))));
        words.put("tag", new Word(TagCommands.DESCRIPTION, () -> new CommandLine(new TagCommands(session))));
        words.put(
                "directory",
                new Word(DirectoryCommands.DESCRIPTION, () -> new CommandLine(new DirectoryCommands(session))));
        words.put(
                "sso-client",
                new Word(SsoClientCommands.DESCRIPTION, () -> new CommandLine(new SsoClientCommands(session))));
        words.put(
                "engine-machine",
                new Word(EngineMachineCommands.DESCRIPTION, () -> new CommandLine(new EngineMachineCommands(session))));
        words.put(
                "certificate",
                new Word(CertificateCommands.DESCRIPTION, () -> new CommandLine(new CertificateCommands(session))));
        words.put("deploy", new Word(DeployCommand.DESCRIPTION, () -> new CommandLine(new DeployCommand(session))));
        words.put(
                "licence-zone",
                new Word(LicenceZoneCommands.DESCRIPTION, () -> new CommandLine(new LicenceZoneCommands(session))));
        words.put("label", new Word(LabelCommands.DESCRIPTION, () -> new CommandLine(new LabelCommands(session))));
        words.put(
                "affinity",
                new Word(AffinityCommands.DESCRIPTION, () -> new CommandLine(new AffinityCommands(session))));
        words.put("quota", new Word(QuotaCommands.DESCRIPTION, () -> new CommandLine(new QuotaCommands(session))));
        words.put(
                "macpool", new Word(MacPoolCommands.DESCRIPTION, () -> new CommandLine(new MacPoolCommands(session))));
        words.put(
                "notification",
                new Word(NotificationCommands.DESCRIPTION, () -> new CommandLine(new NotificationCommands(session))));
        words.put("export", new Word(ExportCommand.DESCRIPTION, () -> new CommandLine(new ExportCommand(session))));
        words.put("apply", new Word(ApplyCommand.DESCRIPTION, () -> new CommandLine(new ApplyCommand(session))));
        words.put("audit", new Word(AuditCommands.DESCRIPTION, () -> new CommandLine(new AuditCommands(session))));
        words.put("event", new Word(EventCommands.DESCRIPTION, () -> new CommandLine(new EventCommands(session))));
        words.put("job", new Word(JobCommands.DESCRIPTION, () -> new CommandLine(new JobCommands(session))));
        words.put("api", new Word(ApiCommand.DESCRIPTION, () -> new CommandLine(new ApiCommand(session))));
        words.put("version", new Word(VersionCommand.DESCRIPTION, () -> new CommandLine(new VersionCommand(session))));
        words.put(
                "completion",
                new Word(CompletionCommands.DESCRIPTION, () -> new CommandLine(new CompletionCommands(session))));
        return words;
    }
}
