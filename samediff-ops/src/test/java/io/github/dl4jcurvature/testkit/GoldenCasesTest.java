/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GoldenCasesTest {
    @TempDir
    private Path root;

    @BeforeEach
    void writeCases() throws IOException {
        Files.createDirectories(root.resolve("golden/nets/mlp_tanh"));
        Files.createDirectories(root.resolve("golden/nets/mlp_relu"));
        Files.createDirectories(root.resolve("golden/nets/conv"));
        Files.writeString(root.resolve("golden/nets/mlp_extra.json"), "{}");
        Files.writeString(root.resolve("golden/nets/README.md"), "no case");
        Files.createDirectories(root.resolve("golden/empty"));
    }

    private GoldenCases fromProperty(String group) {
        String directory = root.resolve("golden").toString();
        return GoldenCases.in(GoldenGroup.locate(group, directory, ClassLoader.getPlatformClassLoader()));
    }

    @Test
    void directoriesAndJsonFilesAreCasesInAlphabeticalOrder() {
        assertThat(names(fromProperty("nets").all())).containsExactly("conv", "mlp_extra", "mlp_relu", "mlp_tanh");
        assertThat(names(fromProperty("nets").matching("mlp_*"))).containsExactly("mlp_extra", "mlp_relu", "mlp_tanh");
        assertThat(fromProperty("nets").named("conv").name()).isEqualTo("conv");
    }

    @Test
    void classPathServesWithoutTheProperty() throws IOException {
        try (URLClassLoader loader = loaderOf(root.toUri().toURL())) {
            assertThat(names(GoldenCases.in(GoldenGroup.locate("nets", null, loader))
                            .all()))
                    .contains("conv");
            assertAbsent(
                    GoldenCases.in(GoldenGroup.locate("nowhere", null, loader)).all(), "resource /golden/nowhere");
        }
    }

    @Test
    void propertyWinsOverTheClassPath() throws IOException {
        Path other = Files.createDirectories(root.resolve("other/nets/only")).getParent();
        try (URLClassLoader loader = loaderOf(root.toUri().toURL())) {
            GoldenGroup group = GoldenGroup.locate("nets", other.getParent().toString(), loader);
            assertThat(names(GoldenCases.in(group).all())).containsExactly("only");
        }
    }

    @Test
    void absentGroupIsOnePlaceholderThatSkipsTheTest() {
        assertAbsent(
                fromProperty("nowhere").matching("mlp_*"),
                root.resolve("golden/nowhere").toString());
        assertAbsent(fromProperty("empty").all(), root.resolve("golden/empty").toString());
        assertAbsent(fromProperty("nets").matching("rnn_*"), "no golden case 'rnn_*' in group 'nets'");
        assertAbsent(Stream.of(fromProperty("nets").named("rnn")), "no golden case 'rnn' in group 'nets'");
    }

    @Test
    void groupInsideAJarIsAbsentWithTheReason() throws IOException {
        Path jar = root.resolve("golden.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("golden/nets/"));
        }
        try (URLClassLoader loader = loaderOf(jar.toUri().toURL())) {
            assertAbsent(
                    GoldenCases.in(GoldenGroup.locate("nets", null, loader)).all(), "which is no directory on disk");
        }
    }

    @Test
    void mistypedPropertyIsAnError() {
        assertThatThrownBy(() -> GoldenGroup.locate(
                        "nets", "no-such-directory", getClass().getClassLoader()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("golden.dir = 'no-such-directory' is not a directory");
    }

    private static void assertAbsent(Stream<GoldenCase> cases, String reason) {
        assertThat(cases).singleElement().satisfies(placeholder -> {
            assertThat(placeholder.toString()).contains(reason, "-Dgolden.dir=DIR");
            assertThatThrownBy(() -> placeholder.array("x"))
                    .isInstanceOf(TestAbortedException.class)
                    .hasMessageContaining(reason);
            assertThatThrownBy(() -> placeholder.has("x")).isInstanceOf(TestAbortedException.class);
            assertThatThrownBy(placeholder::json).isInstanceOf(TestAbortedException.class);
        });
    }

    private static URLClassLoader loaderOf(URL url) {
        return new URLClassLoader(new URL[] {url}, null);
    }

    private static Stream<String> names(Stream<GoldenCase> cases) {
        return cases.map(GoldenCase::name);
    }
}
