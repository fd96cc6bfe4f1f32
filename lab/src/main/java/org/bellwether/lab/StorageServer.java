package org.bellwether.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A server of iSCSI LUNs (tgtd) and NFS exports (nfs-ganesha) with an address of its own on the lab's bridge. Only hosts
 * with a kernel of their own can use either: see {@link VmHost}.
 */
public final class StorageServer {
    private static final Path TARGET_PID = Path.of("/run/tgtd.process");
    private static final Path NFS_PID = Path.of("/run/ganesha.process");
    private static final Duration START = Duration.ofSeconds(60);

    private final Lab lab;
    private final Path directory;
    /** Who may log in has one account, however many targets take it. */
    private final Set<Chap> accounts = new HashSet<>();

    /** Who may log in to a target. */
    public record Chap(String user, String password) {}

    StorageServer(Lab lab) {
        this.lab = lab;
        this.directory = lab.directory().resolve("storage-server");
    }

    public String address() {
        return lab.network().address(6);
    }

    /** Serves a target with sparse LUNs of these sizes, numbered from 1. */
    public void target(int number, String name, Optional<Chap> chap, long... bytes) {
        Namespace server = server();
        if (!server.runs(TARGET_PID)) {
            server.run("mkdir", "-p", "/run/tgtd");
            server.launch(
                    directory.resolve("tgtd.log"),
                    TARGET_PID,
                    List.of("tgtd", "-f", "--iscsi", "portal=" + address() + ":3260"));
            if (!Await.holds(
                    START, () -> target(server, "--mode", "sys", "--op", "show").succeeded())) {
                throw new LabFailure("tgtd does not answer; its log is " + directory.resolve("tgtd.log"));
            }
        }
        String tid = Integer.toString(number);
        must(target(server, "--mode", "target", "--op", "new", "--tid", tid, "--targetname", name));
        for (int lun = 1; lun <= bytes.length; lun++) {
            addLun(number, lun, bytes[lun - 1]);
        }
        chap.ifPresent(account -> {
            if (accounts.add(account)) {
                must(target(
                        server,
                        "--mode",
                        "account",
                        "--op",
                        "new",
                        "--user",
                        account.user(),
                        "--password",
                        account.password()));
            }
            must(target(server, "--mode", "account", "--op", "bind", "--tid", tid, "--user", account.user()));
        });
        must(target(server, "--mode", "target", "--op", "bind", "--tid", tid, "--initiator-address", "ALL"));
    }

    /** One more LUN of a target that is served. */
    public void addLun(int target, int lun, long bytes) {
        Path file = directory.resolve("luns").resolve(target + "-" + lun + ".raw");
        Command.run("truncate", "-s", Long.toString(bytes), file.toString());
        Namespace server = server();
        String[] unit = {"--tid", Integer.toString(target), "--lun", Integer.toString(lun)};
        must(target(server, with(unit, "--mode", "logicalunit", "--op", "new", "--backing-store", file.toString())));
        must(target(
                server,
                with(
                        unit,
                        "--mode",
                        "logicalunit",
                        "--op",
                        "update",
                        "--params",
                        "vendor_id=BELLWTHR,product_id=LAB-LUN,scsi_sn=lab%d%d,scsi_id=bellwether-lab-%d-%d,thin_provisioning=1"
                                .formatted(target, lun, target, lun))));
    }

    /** Serves an empty directory by NFS 4 under that path; answers the directory. */
    public Path export(String path) {
        Namespace server = server();
        if (server.runs(NFS_PID)) {
            throw new LabFailure("this server has its one export already");
        }
        Path exported = directory.resolve("exports/data");
        try {
            Files.createDirectories(exported);
            Files.setAttribute(exported, "unix:uid", 36);
            Files.setAttribute(exported, "unix:gid", 36);
            Files.writeString(directory.resolve("ganesha.conf"), """
                    NFS_CORE_PARAM { Protocols = 4; Bind_addr = %s; Enable_NLM = false; Enable_RQUOTA = false; }
                    NFSv4 { RecoveryBackend = fs; Grace_Period = 5; Lease_Lifetime = 10; Minor_Versions = 1, 2; }
                    EXPORT {
                        Export_Id = 1; Path = %s; Pseudo = %s; Access_Type = RW; Squash = Root_Squash;
                        SecType = sys; Protocols = 4; Transports = TCP; FSAL { Name = VFS; }
                    }
                    LOG { Default_Log_Level = WARN; }
                    """.formatted(address(), exported, path));
        } catch (IOException e) {
            throw new LabFailure("cannot lay out the NFS server: " + e.getMessage(), e);
        }
        server.run("mkdir", "-p", "/run/ganesha");
        server.launch(
                directory.resolve("ganesha.out"),
                NFS_PID,
                List.of(
                        "ganesha.nfsd",
                        "-F",
                        "-L",
                        directory.resolve("ganesha.log").toString(),
                        "-f",
                        directory.resolve("ganesha.conf").toString(),
                        "-p",
                        "/run/ganesha/pid"));
        if (!Await.holds(
                START,
                () -> server.attempt(Duration.ofSeconds(5), "bash", "-c", "exec 3<>/dev/tcp/" + address() + "/2049")
                        .succeeded())) {
            throw new LabFailure("the NFS server does not come up; its log is " + directory.resolve("ganesha.log"));
        }
        return exported;
    }

    private Namespace server() {
        return lab.running("storage-server").orElseGet(this::powerOn);
    }

    private Namespace powerOn() {
        Map<Path, Path> binds = new LinkedHashMap<>();
        try {
            for (String part : List.of("luns", "exports", "nfs-state")) {
                Files.createDirectories(directory.resolve(part));
            }
            Files.createDirectories(Path.of("/var/lib/nfs/ganesha"));
            binds.put(Path.of("/var/lib/nfs/ganesha"), directory.resolve("nfs-state"));
        } catch (IOException e) {
            throw new LabFailure("cannot lay out the storage server: " + e.getMessage(), e);
        }
        Namespace server = lab.namespace("storage-server", "storage-server", true, true, binds);
        lab.plug(server, lab.name() + "s", address());
        return server;
    }

    /** Pulls the server's plug. */
    public void powerOff() {
        lab.running("storage-server").ifPresent(Namespace::kill);
    }

    /** Makes it hang: it keeps its connections and answers nothing. */
    public void freeze() {
        server().signal("STOP", TARGET_PID);
    }

    public void thaw() {
        server().signal("CONT", TARGET_PID);
    }

    private static String[] with(String[] unit, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of(unit));
        return all.toArray(String[]::new);
    }

    private static Command.Outcome target(Namespace server, String... words) {
        return server.attempt(START, with(words, "tgtadm", "--lld", "iscsi"));
    }

    private static void must(Command.Outcome outcome) {
        if (!outcome.succeeded()) {
            throw new LabFailure("tgtadm failed: " + outcome.output().strip());
        }
    }
}
