package org.bellwether.agent.platform;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who the agent is before file servers: 36:36 (vdsm:kvm of oVirt), whom storage belongs to. A server that lets no root in
 * (root_squash, the default of exports(5)) serves that user and refuses root. Before this host the agent stays root: of the
 * two ids that a thread has, the one for files alone changes (setfsuid(2)), and the capabilities by which root passes over
 * the modes of local files, which the kernel takes away with it, are taken again (capabilities(7)).
 *
 * <p>Threads inherit it, so it is assumed once, before there are any; programs that are started do not.
 */
public final class FileIdentity {
    /** User and group. */
    public static final int ID = 36;

    /** Of linux/capability.h: CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID, LINUX_IMMUTABLE, MKNOD, MAC_OVERRIDE. */
    private static final int[] FOR_FILES = {0, 1, 2, 3, 4, 9, 27, 32};
    /** The same, for 64 capabilities in two halves. */
    private static final int VERSION = 0x20080522;

    private static final int HALVES = 2;

    private static final FunctionDescriptor OF_ID = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final FunctionDescriptor OF_CAPABILITIES =
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);

    private FileIdentity() {}

    /**
     * For this thread and those that it makes.
     *
     * @throws IOException this process is not root's, or may not do what root may
     */
    public static void assume() throws IOException {
        MethodHandle user = CLibrary.function("setfsuid", OF_ID);
        MethodHandle group = CLibrary.function("setfsgid", OF_ID);
        try (Arena arena = Arena.ofConfined()) {
            set(group, "group");
            set(user, "user");
            MemorySegment header = arena.allocate(2L * Integer.BYTES, Integer.BYTES);
            header.set(ValueLayout.JAVA_INT, 0, VERSION);
            // Of each half: what is effective, what is permitted, what is inherited.
            MemorySegment data = arena.allocate(HALVES * 3L * Integer.BYTES, Integer.BYTES);
            require((int) CLibrary.function("capget", OF_CAPABILITIES).invokeExact(header, data));
            for (int capability : FOR_FILES) {
                long effective = capability / 32 * 3L;
                long permitted = effective + 1;
                int bit = data.getAtIndex(ValueLayout.JAVA_INT, permitted) & 1 << capability % 32;
                data.setAtIndex(
                        ValueLayout.JAVA_INT, effective, data.getAtIndex(ValueLayout.JAVA_INT, effective) | bit);
            }
            require((int) CLibrary.function("capset", OF_CAPABILITIES).invokeExact(header, data));
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) { // what MethodHandle declares; a C function throws nothing
            throw new IllegalStateException(e);
        }
    }

    /**
     * What starts a program on storage's files as that user, which still passes over the modes of local files.
     *
     * @param directory where it runs. It is entered by that user, whom alone the server may let in there
     */
    public static List<String> program(List<String> arguments, @Nullable Path directory) {
        var words = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + ID,
                "--regid=" + ID,
                "--clear-groups",
                "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override",
                "--",
                "env"));
        if (directory != null) {
            words.add("--chdir=" + directory);
        }
        words.addAll(arguments);
        return words;
    }

    /** Lets a file of this host belong to whom its directory belongs to. */
    public static void asDirectory(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        for (String whose : List.of("unix:uid", "unix:gid")) {
            Object wanted = directory == null ? 0 : Files.getAttribute(directory, whose);
            if (!Files.getAttribute(file, whose).equals(wanted)) {
                Files.setAttribute(file, whose, wanted);
            }
        }
    }

    private static void set(MethodHandle call, String what) throws Throwable {
        var _ = (int) call.invokeExact(ID);
        // They tell what was before, and nothing of failure: so it is asked again, with an id that cannot be.
        if ((int) call.invokeExact(-1) != ID) {
            throw new IOException("it cannot be " + what + " " + ID + " before file servers: run it as root");
        }
    }

    private static void require(int status) throws IOException {
        if (status != 0) {
            throw new IOException(
                    "it may not read and write this host's files as root does: run it as root, with all capabilities");
        }
    }
}
