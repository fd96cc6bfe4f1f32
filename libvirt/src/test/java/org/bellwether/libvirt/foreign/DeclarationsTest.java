package org.bellwether.libvirt.foreign;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every declaration says the same as the C headers of this machine. */
class DeclarationsTest {
    private static final List<Class<?>> DECLARATIONS = List.of(
            SystemFunctions.class,
            ConnectFunctions.class,
            DomainFunctions.class,
            JobFunctions.class,
            BlockFunctions.class,
            GuestFunctions.class,
            SnapshotFunctions.class,
            ParameterFunctions.class);

    @Test
    void functions_have_the_shapes_of_the_headers() throws Exception {
        var headers = Headers.read();
        int compared = 0;
        for (var function : functions()) {
            if (function.name().startsWith("vir")) {
                assertThat(headers.function(function.name()))
                        .as(function.name())
                        .isEqualTo(shapeOf(function.descriptor()));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(100);
    }

    @Test
    void every_function_is_found_in_this_machines_libvirt() throws Exception {
        for (var function : functions()) {
            assertThat(function.address().address()).as(function.name()).isNotZero();
        }
    }

    @Test
    void structures_have_the_sizes_and_offsets_of_the_headers() throws Exception {
        Headers.read();
        var expressions = new ArrayList<String>();
        var expected = new ArrayList<Long>();
        for (var field : Layouts.class.getDeclaredFields()) {
            if (field.getType() == StructLayout.class && Modifier.isStatic(field.getModifiers())) {
                var layout = (StructLayout) field.get(null);
                var name = layout.name().orElseThrow();
                expressions.add("sizeof(" + name + ")");
                expected.add(layout.byteSize());
                for (var member : layout.memberLayouts()) {
                    member.name().ifPresent(each -> {
                        expressions.add("offsetof(" + name + ", " + each + ")");
                        expected.add(layout.byteOffset(PathElement.groupElement(each)));
                        expressions.add("sizeof(((" + name + " *) 0)->" + each + ")");
                        expected.add(member.byteSize());
                    });
                }
            }
        }
        assertThat(expected).hasSizeGreaterThan(50);
        assertThat(Headers.evaluate(expressions)).isEqualTo(expected);
    }

    private static List<NativeFunction> functions() throws IllegalAccessException {
        var functions = new ArrayList<NativeFunction>();
        for (var declarations : DECLARATIONS) {
            for (var field : declarations.getDeclaredFields()) {
                if (field.getType() == NativeFunction.class) {
                    functions.add((NativeFunction) field.get(null));
                }
            }
        }
        return functions;
    }

    private static List<Character> shapeOf(FunctionDescriptor descriptor) {
        var shape = new ArrayList<Character>();
        shape.add(descriptor.returnLayout().map(DeclarationsTest::shapeOf).orElse('V'));
        descriptor.argumentLayouts().forEach(each -> shape.add(shapeOf(each)));
        return shape;
    }

    private static char shapeOf(MemoryLayout layout) {
        return switch (layout) {
            case ValueLayout.OfInt i -> 'I';
            case ValueLayout.OfLong l -> 'L';
            default -> 'P';
        };
    }
}
