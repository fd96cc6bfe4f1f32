package org.bellwether.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which release this is. An engine that was upgraded knows by it which agents are of an older one. */
public final class Release {
    private static final String VERSION = read();

    private Release() {}

    public static String version() {
        return VERSION;
    }

    private static String read() {
        try (var in = Release.class.getResourceAsStream("release.properties")) {
            if (in == null) {
                throw new IllegalStateException("release.properties is missing in the build");
            }
            var properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
