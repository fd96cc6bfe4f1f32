package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.io.TempDirFactory;

class DirectFileTest {
    /** On the disk, where direct I/O is to be had. */
    @TempDir(factory = OnDisk.class)
    Path directory;

    static final class OnDisk implements TempDirFactory {
        @Override
        public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context) throws IOException {
            return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "direct");
        }
    }

    @Test
    void what_is_written_is_read_in_blocks_smaller_than_the_file_system_names() throws IOException {
        Path file = directory.resolve("board");
        Files.write(file, new byte[3 * 512]);
        assertThat(PastCache.takesDirect(file)).isTrue();
        byte[] content = new byte[1000];
        Arrays.fill(content, (byte) 7);
        BlockDevice.write(file, DirectFile.BLOCK, content);
        byte[] read = BlockDevice.read(file, 0, 2 * DirectFile.BLOCK);
        assertThat(Arrays.copyOfRange(read, 0, DirectFile.BLOCK)).containsOnly(0);
        assertThat(Arrays.copyOfRange(read, DirectFile.BLOCK, DirectFile.BLOCK + 1000))
                .containsOnly(7);
        assertThat(Arrays.copyOfRange(read, DirectFile.BLOCK + 1000, read.length))
                .containsOnly(0);
        assertThat(Files.size(file)).isEqualTo(2L * DirectFile.BLOCK);
    }

    @Test
    void failures_are_told_in_the_kernels_words() {
        assertThatThrownBy(() -> BlockDevice.read(directory.resolve("none"), 0, 512))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none: No such file or directory");
        assertThatThrownBy(() -> BlockDevice.write(directory, 0, new byte[512]))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("Is a directory");
    }
}
