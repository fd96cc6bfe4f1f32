package org.bellwether.engine.platform.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Where traces of requests and operations go.
 *
 * @param endpoint of the collector, for OTLP over HTTP, such as {@code http://127.0.0.1:4318/v1/traces}
 * @param headers what the collector wants beside; may hold secrets
 * @param authority of the collector's certificate; absent: those that Java trusts
 * @param part how much of all is told, from 0 to 1; a trace is told whole or not at all
 */
public record TraceConfig(URI endpoint, Map<String, String> headers, Optional<Path> authority, double part) {

    /** Without the headers' values. */
    @Override
    public String toString() {
        return endpoint + " " + new TreeSet<>(headers.keySet());
    }
}
