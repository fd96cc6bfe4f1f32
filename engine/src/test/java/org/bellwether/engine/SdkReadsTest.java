package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.ovirt.engine.sdk4.Connection;
import org.ovirt.engine.sdk4.Service;
import org.ovirt.engine.sdk4.services.SystemService;
import org.ovirt.engine.sdk4.types.Identified;

/**
 * Whatever the published Java SDK can list it lists, and gets each object of the lists, and what lies below it: its reader is as
 * strict as people's programs are. Found by looking at the SDK, so that nothing is forgotten.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SdkReadsTest {

    private static final int DEPTH = 3;
    /** So many objects of a list are looked at: the first of them, and the first of another kind beside them. */
    private static final int EACH = 2;

    private RunningEngine engine;
    private final List<String> wrong = new ArrayList<>();
    private final TreeSet<String> read = new TreeSet<>();

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        var administrator = engine.administrator();
        String vm = administrator.machine("read");
        administrator.post("/vms/" + vm + "/nics", "{\"name\":\"nic1\"}");
        administrator.post("/vms/" + vm + "/watchdogs", "{\"action\":\"reset\",\"model\":\"i6300esb\"}");
        String tag = administrator.add("/tags", "{\"name\":\"read\"}");
        administrator.post("/vms/" + vm + "/tags", "{\"id\":\"" + tag + "\"}");
        administrator.add("/bookmarks", "{\"name\":\"read\",\"value\":\"Vms:\"}");
        String label = administrator.add("/affinitylabels", "{\"name\":\"read\"}");
        administrator.post("/affinitylabels/" + label + "/vms", "{\"id\":\"" + vm + "\"}");
        administrator.post("/users/" + administrator.userId("admin") + "/options", """
                {"name":"read","content":"{}"}
                """);
        administrator.add("/jobs", "{\"description\":\"read\"}");
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    @Test
    @SuppressWarnings("try") // The SDK declares that closing may throw anything, even an interruption.
    void the_sdk_reads_whatever_it_can_list(@TempDir Path folder) throws Exception {
        try (Connection connection = Sdk.connect(engine, folder, "admin@internal", engine.password())) {
            below(SystemService.class, connection.systemService(), "", DEPTH);
        }
        assertThat(wrong).isEmpty();
        assertThat(read)
                .as("what was listed")
                .hasSizeGreaterThan(90)
                .contains(
                        "/vms/*/watchdogs",
                        "/users/*/sshPublicKeys",
                        "/users/*/options",
                        "/templates/*/watchdogs",
                        "/roles/*/permits",
                        "/clusterLevels",
                        "/operatingSystems",
                        "/jobs/*/steps");
    }

    /** All services that one leads to by a method without parameters. */
    private void below(Class<?> type, Object service, String at, int depth) {
        for (Method method : methods(type)) {
            boolean leads = method.getParameterCount() == 0 && Service.class.isAssignableFrom(method.getReturnType());
            if (leads && depth >= 0) {
                String name = at + "/" + method.getName().replaceFirst("Service$", "");
                called(method, service, name).ifPresent(found -> look(method.getReturnType(), found, name, depth - 1));
            }
        }
    }

    private void look(Class<?> type, Object service, String at, int depth) {
        method(type, "list")
                .ifPresentOrElse(
                        list -> list(type, list, service, at, depth),
                        () -> method(type, "get").ifPresent(get -> answer(get, service, at)));
    }

    private void list(Class<?> type, Method list, Object service, String at, int depth) {
        Optional<?> answer = answer(list, service, at);
        if (answer.isEmpty()) {
            return;
        }
        read.add(at);
        List<?> objects = answer.get() instanceof List<?> many ? many : List.of();
        Optional<Method> locator = methods(type).stream()
                .filter(each -> each.getParameterCount() == 1 && !each.getName().equals("service"))
                .filter(each -> Service.class.isAssignableFrom(each.getReturnType()))
                .findFirst();
        if (locator.isEmpty()) {
            return;
        }
        objects.stream().map(Identified.class::cast).limit(EACH).forEach(object -> {
            String one = at + "/*";
            assertThat(object.idPresent()).as(one).isTrue();
            Class<?> kind = locator.get().getReturnType();
            called(locator.get(), service, one, object.id()).ifPresent(found -> {
                method(kind, "get").ifPresent(get -> answer(get, found, one + " (" + object.id() + ")"));
                below(kind, found, one, depth);
            });
        });
    }

    /** What {@code service.list().send().vms()} gives, whatever the last word is. */
    private Optional<?> answer(Method request, Object service, String at) {
        return called(request, service, at)
                .flatMap(built -> method(request.getReturnType(), "send").flatMap(send -> called(send, built, at)))
                .flatMap(reply -> called(content(request.getReturnType()), reply, at));
    }

    /** The one method of {@code VmsService$ListResponse}, for {@code VmsService$ListRequest}. */
    private static Method content(Class<?> request) {
        try {
            return Class.forName(request.getName().replaceFirst("Request$", "Response"))
                    .getDeclaredMethods()[0];
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private Optional<Object> called(Method method, Object on, String at, Object... parameters) {
        try {
            return Optional.ofNullable(method.invoke(on, parameters));
        } catch (InvocationTargetException thrown) {
            wrong.add(at + ": " + thrown.getCause());
            return Optional.empty();
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<Method> method(Class<?> type, String name) {
        return methods(type).stream()
                .filter(each -> each.getName().equals(name) && each.getParameterCount() == 0)
                .findFirst();
    }

    /** Of the interface, whose order the machine does not promise. */
    private static List<Method> methods(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(each -> !each.isBridge())
                .sorted(Comparator.comparing(Method::getName))
                .toList();
    }
}
