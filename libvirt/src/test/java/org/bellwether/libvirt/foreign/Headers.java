package org.bellwether.libvirt.foreign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/** libvirt's C headers of this machine, as gcc understands them. */
public final class Headers {
    private static final String INCLUDES = """
            #include <stddef.h>
            #include <stdio.h>
            #include <libvirt/libvirt.h>
            #include <libvirt/libvirt-qemu.h>
            #include <libvirt/virterror.h>
            """;

    private static final Pattern PROTOTYPE = Pattern.compile(
            "^\\s*((?:const )?(?:unsigned )?(?:long long|long|int|char|void|vir\\w+))\\s*(\\**)\\s*(vir\\w+)\\s*\\(([^;{}]*)\\)$");

    private final Map<String, List<Character>> functions = new HashMap<>();
    private final Set<String> identifiers = new HashSet<>();

    private Headers(String preprocessed) {
        for (var statement : preprocessed.split(";")) {
            Matcher prototype =
                    PROTOTYPE.matcher(statement.replaceAll("\\s+", " ").strip());
            if (prototype.matches()) {
                var shape = new ArrayList<Character>();
                shape.add(shapeOf(prototype.group(1) + prototype.group(2)));
                for (var argument : prototype.group(4).split(",")) {
                    if (!argument.strip().equals("void")) {
                        shape.add(shapeOf(argument.strip()));
                    }
                }
                functions.put(prototype.group(3), shape);
            }
        }
        var identifier = Pattern.compile("\\w+").matcher(preprocessed);
        while (identifier.find()) {
            identifiers.add(identifier.group());
        }
    }

    /** Reads the headers; skips the test where this machine cannot. */
    public static Headers read() throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Files.exists(Path.of("/usr/include/libvirt/libvirt.h")), "the package libvirt-dev is not installed");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "gcc is not installed");
        var source = Files.createTempFile("libvirt-headers", ".c");
        try {
            Files.writeString(source, INCLUDES);
            return new Headers(run("gcc", "-E", "-P", source.toString()));
        } finally {
            Files.delete(source);
        }
    }

    /** Result and arguments of a C function, each as P(ointer), L(ong), I(nt) or V(oid); null when the headers lack it. */
    public @org.jspecify.annotations.Nullable List<Character> function(String name) {
        return functions.get(name);
    }

    public boolean knows(String identifier) {
        return identifiers.contains(identifier);
    }

    /** What C's integer expressions are worth, in their order. */
    public static List<Long> evaluate(Collection<String> expressions) throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("libvirt-headers");
        var source = directory.resolve("values.c");
        var program = directory.resolve("values");
        try {
            var text = new StringBuilder(INCLUDES).append("int main(void) {\n");
            expressions.forEach(each -> text.append("printf(\"%lld\\n\", (long long) (")
                    .append(each)
                    .append("));\n"));
            Files.writeString(source, text.append("return 0; }\n"));
            run("gcc", "-Wno-deprecated-declarations", "-o", program.toString(), source.toString());
            return run(program.toString()).lines().map(Long::valueOf).toList();
        } finally {
            Files.deleteIfExists(program);
            Files.deleteIfExists(source);
            Files.delete(directory);
        }
    }

    private static char shapeOf(String type) {
        if (type.contains("*") || type.matches(".*\\bvir\\w*(Ptr|Func|Callback)\\b.*")) {
            return 'P';
        }
        if (type.matches(".*\\b(long|size_t)\\b.*")) {
            return 'L';
        }
        if (type.matches(".*\\b(int|unsigned)\\b.*")) {
            return 'I';
        }
        return type.equals("void") ? 'V' : '?';
    }

    private static String run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }
}
