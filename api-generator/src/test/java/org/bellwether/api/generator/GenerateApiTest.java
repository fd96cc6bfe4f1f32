package org.bellwether.api.generator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model of three types and two services is generated, again and again. */
final class GenerateApiTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    @TempDir
    private Path directory;

    @BeforeEach
    void writeModel() throws IOException {
        model("types/Job.java", "@Type public interface Job { String id(); String name(); }");
        model(
                "types/Cat.java",
                "@Type public interface Cat { String id(); Integer lives(); Mood mood(); @Link Job[] dayJobs(); String[] nickNames(); }");
        model("types/Mood.java", "@Type public enum Mood { HUNGRY, VERY_HUNGRY; }");
        model(
                "services/SystemService.java",
                "@Service @Root public interface SystemService { @Service CatsService cats(); }");
        model(
                "services/CatsService.java",
                "@Service public interface CatsService { interface Add { @In @Out Cat cat(); @InputDetail default void inputDetail() {"
                        + " mandatory(cat().lives()); } } interface List { @Out Cat[] cats(); } @Service CatService cat(String id); }");
        model(
                "services/CatService.java",
                "@Service public interface CatService { interface Get { @Out Cat cat(); } interface Feed { @In Integer grams(); } }");
    }

    private void model(String file, String text) throws IOException {
        var path = directory.resolve("model").resolve(file);
        Files.createDirectories(path.getParent());
        var header = "package " + file.substring(0, file.indexOf('/')) + ";\n"
                + "import org.ovirt.api.metamodel.annotations.*;\nimport types.*;\nimport services.*;\n"
                + "import static org.ovirt.api.metamodel.language.ApiLanguage.*;\n";
        Files.writeString(path, header + text);
    }

    private void generate() throws IOException {
        GenerateApi.main(new String[] {
            directory.resolve("model").toString(),
            directory.resolve("sources").toString(),
            directory.resolve("target/resources").toString()
        });
    }

    private Path source(String name) {
        return directory.resolve("sources/org/bellwether/api/types").resolve(name);
    }

    private String services() throws IOException {
        return Files.readString(directory.resolve("target/resources/org/bellwether/api/services.txt"));
    }

    @Test
    void types_and_services_are_written() throws IOException {
        generate();
        assertThat(Files.readString(source("Cat.java")))
                .contains("day_jobs=@*o", ":job", "nick_names=*S:nick_name", "lives=L", "href=S")
                .contains("public @Nullable List<Job> dayJobs()");
        assertThat(Files.readString(source("Mood.java"))).contains("VERY_HUNGRY(\"very_hungry\")");
        assertThat(Files.readString(source("Action.java"))).contains("grams=L", "job=@o");
        assertThat(Files.readString(source("Structs.java"))).contains("new Cat(values)");
        assertThat(services())
                .contains(
                        "H cat cats\n",
                        "S cats\nI id cat\nM add - POST\nP both cat cat\nR lives\n",
                        "M feed feed POST\n");
    }

    @Test
    void nothing_is_touched_while_nothing_changes() throws IOException {
        generate();
        Files.setLastModifiedTime(source("Cat.java"), LONG_AGO);
        generate();
        assertThat(Files.getLastModifiedTime(source("Cat.java"))).isEqualTo(LONG_AGO);
    }

    @Test
    void a_change_touches_only_what_it_changes() throws IOException {
        generate();
        Files.setLastModifiedTime(source("Cat.java"), LONG_AGO);
        model("types/Job.java", "@Type public interface Job { String id(); String name(); Integer pay(); }");
        generate();
        assertThat(Files.getLastModifiedTime(source("Cat.java"))).isEqualTo(LONG_AGO);
        assertThat(Files.readString(source("Job.java"))).contains("pay=L");
    }

    @Test
    void what_left_the_model_leaves_the_sources() throws IOException {
        model("types/Dog.java", "@Type public interface Dog { String id(); }");
        generate();
        assertThat(source("Dog.java")).exists();
        Files.delete(directory.resolve("model/types/Dog.java"));
        generate();
        assertThat(source("Dog.java")).doesNotExist();
    }

    /** The stamp is written last: a run that died half-way is done again. */
    @Test
    void a_run_that_died_is_repeated() throws IOException {
        model("types/Job.java", "@Type public interface Cow { String id(); }");
        assertThatThrownBy(this::generate).hasMessageContaining("job");
        model("types/Job.java", "@Type public interface Job { String id(); String name(); }");
        generate();
        Files.delete(directory.resolve("target/api.sha256"));
        Files.delete(source("Cat.java"));
        generate();
        assertThat(source("Cat.java")).exists();
    }

    @Test
    void other_arguments_are_refused() {
        assertThatThrownBy(() -> GenerateApi.main(new String[0])).isInstanceOf(IllegalArgumentException.class);
    }
}
