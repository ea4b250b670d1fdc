package dev.motorpool.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What counts as a source, and the copies from which workers load. */
class FolderContentsTest {

    @TempDir
    private Path place;

    private Path folder;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(place.resolve("python"));
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private FolderContents read(Layout layout) throws IOException {
        return FolderContents.read(folder, layout);
    }

    private static List<String> names(FolderContents contents) {
        return contents.sources().stream().map(SourceFiles::name).toList();
    }

    /** So that a change of the description is a new version of the program. */
    @Test
    void theDescriptionOfAProgramBelongsToIt() throws IOException {
        write("count.sh", "#!/bin/sh");
        write("count.json", "{}");
        write("rates.json", "{}");
        assertThat(folder.resolve("count.sh").toFile().setExecutable(true)).isTrue();
        FolderContents before = read(Layout.PROGRAMS);
        assertThat(before.sources())
                .singleElement()
                .extracting(SourceFiles::name, source -> Set.copyOf(source.files()))
                .containsExactly("count", Set.of(Path.of("count.sh"), Path.of("count.json")));
        assertThat(before.helpers()).containsExactly(Path.of("rates.json"));

        write("count.json", "{\"description\":\"counts\"}");
        FolderContents after = read(Layout.PROGRAMS);
        assertThat(after.sources().getFirst().version())
                .isNotEqualTo(before.sources().getFirst().version());
        assertThat(after.helpersVersion()).isEqualTo(before.helpersVersion());
    }

    @Test
    void modulesAndPackagesArePythonSources() throws IOException {
        write("orders.py", "def total(): pass");
        write("shop/__init__.py", "");
        write("shop/prices.py", "");
        write("shop/__pycache__/prices.pyc", "");
        write("data/rates.json", "{}");
        write("_common.py", "");
        write(".hidden.py", "");
        write("__pycache__/orders.pyc", "");
        write("notes.txt", "");

        FolderContents contents = read(Layout.PYTHON);
        assertThat(names(contents)).containsExactly("orders", "shop");
        assertThat(contents.sources().get(1).file()).isEqualTo("shop");
        assertThat(contents.sources().get(1).files())
                .containsExactly(Path.of("shop/__init__.py"), Path.of("shop/prices.py"));
        assertThat(contents.helpers())
                .containsExactlyInAnyOrder(Path.of("_common.py"), Path.of("data/rates.json"), Path.of("notes.txt"));
        assertThat(Layout.PYTHON.objection("orders")).isNull();
        assertThat(Layout.PYTHON.objection("my-orders")).contains("my-orders");
        assertThat(Layout.PYTHON.objection("class")).contains("keyword");
    }

    @Test
    void otherRuntimesHaveOtherSources() throws IOException {
        write("geometry.mjs", "");
        write("text.js", "");
        write("node_modules/x/index.js", "");
        write("package.json", "{}");
        assertThat(names(read(Layout.NODE))).containsExactly("geometry", "text");
        write("plug.jar", "");
        write("big/plugin.jar", "");
        write("big/library.jar", "");
        assertThat(names(read(Layout.JAVA))).containsExactly("big", "plug");
        write("resize.sh", "#!/bin/sh");
        write("resize.json", "{}");
        assertThat(folder.resolve("resize.sh").toFile().setExecutable(true)).isTrue();
        assertThat(names(read(Layout.PROGRAMS))).containsExactly("resize");
    }

    @Test
    void aVersionIsThatOfAllFilesAndOfThemOnly() throws IOException {
        write("shop/__init__.py", "");
        write("shop/a.py", "1");
        write("other.py", "1");
        String before = read(Layout.PYTHON).sources().get(1).version();
        assertThat(before).matches("[0-9a-f]{12}");
        write("other.py", "2");
        assertThat(read(Layout.PYTHON).sources().get(1).version()).isEqualTo(before);
        write("shop/a.py", "2");
        assertThat(read(Layout.PYTHON).sources().get(1).version()).isNotEqualTo(before);
        write("shop/a.py", "1");
        assertThat(read(Layout.PYTHON).sources().get(1).version()).isEqualTo(before);
        Files.move(folder.resolve("shop/a.py"), folder.resolve("shop/b.py"));
        assertThat(read(Layout.PYTHON).sources().get(1).version()).isNotEqualTo(before);
    }

    @Test
    void theFingerprintSeesEveryChange() throws IOException {
        Set<String> seen = new HashSet<>(Set.of(FolderContents.fingerprint(place.resolve("nothing"))));
        assertThat(seen.add(FolderContents.fingerprint(folder))).isTrue();
        write("a.py", "1");
        assertThat(seen.add(FolderContents.fingerprint(folder))).isTrue();
        assertThat(seen.add(FolderContents.fingerprint(folder))).isFalse();
        var time = Files.getLastModifiedTime(folder.resolve("a.py"));
        write("a.py", "2");
        Files.setLastModifiedTime(folder.resolve("a.py"), time);
        assertThat(seen.add(FolderContents.fingerprint(folder))).isTrue();
        String before = FolderContents.fingerprint(folder);
        write("p/q/r.py", "");
        assertThat(FolderContents.fingerprint(folder)).isNotEqualTo(before);
        Files.delete(folder.resolve("p/q/r.py"));
        assertThat(FolderContents.fingerprint(folder)).isEqualTo(before);
    }

    @Test
    void workersLoadCopiesThatStayAsTheyAre() throws IOException {
        SourceCopies copies = new SourceCopies(place.resolve("copies"));
        write("a.py", "old");
        write("b.py", "b");
        write("_c.py", "c");
        FolderContents first = read(Layout.PYTHON);
        SourceFiles helpers = new SourceFiles("_", "", first.helpers(), first.helpersVersion());
        for (SourceFiles each : List.of(first.sources().get(0), first.sources().get(1), helpers)) {
            copies.keep(folder, each);
            copies.keep(folder, each);
        }
        Set<String> versions =
                Set.of(id(first.sources().get(0)), id(first.sources().get(1)), id(helpers));
        Path whole = copies.compose(versions);
        assertThat(copies.compose(versions)).isEqualTo(whole);
        write("a.py", "new");
        assertThat(whole.resolve("a.py")).hasContent("old");
        assertThat(whole.resolve("_c.py")).hasContent("c");
        assertThat(copies.has("a", first.sources().get(0).version())).isTrue();

        SourceFiles changed = read(Layout.PYTHON).sources().get(0);
        write("a.py", "newer");
        assertThatThrownBy(() -> copies.keep(folder, changed)).hasMessageContaining("has changed");
        assertThat(copies.has("a", changed.version())).isFalse();

        copies.retain(Set.of(id(first.sources().get(1))), Set.of());
        assertThat(whole).doesNotExist();
        assertThat(copies.has("a", first.sources().get(0).version())).isFalse();
        assertThat(copies.has("b", first.sources().get(1).version())).isTrue();
    }

    private static String id(SourceFiles source) {
        return source.name() + "@" + source.version();
    }
}
