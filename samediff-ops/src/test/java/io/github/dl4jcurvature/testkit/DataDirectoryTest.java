/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DataDirectoryTest {
    @TempDir
    private Path root;

    @Test
    void dataAreFoundBelowTheProperty() throws IOException {
        Path mnist = Files.createDirectory(root.resolve("mnist"));
        assertThat(DataDirectory.require("mnist", root.toString())).isEqualTo(mnist);
    }

    @Test
    void missingDataSkipTheTest() {
        assertThatThrownBy(() -> DataDirectory.require("mnist", null))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("data 'mnist' needs -Ddata.dir=DIR with DIR/mnist");
        assertThatThrownBy(() -> DataDirectory.require("mnist", root.toString()))
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContainingAll(
                        "'mnist' is missing", root.resolve("mnist").toString(), "-Ddata.dir");
    }

    @Test
    void relativePathMayStartAboveTheModule() throws IOException {
        Path data = Files.createDirectory(root.resolve("data"));
        Path module = Files.createDirectories(root.resolve("project/module"));
        assertThat(PropertyDirectory.resolve("data.dir", "../data", module)).isEqualTo(data);
        assertThat(PropertyDirectory.resolve("data.dir", "../../data", module)).isEqualTo(data);
        assertThat(PropertyDirectory.resolve("data.dir", data.toString(), module))
                .isEqualTo(data);
    }

    @Test
    void mistypedDirectoryIsAnError() {
        assertThatThrownBy(() -> PropertyDirectory.resolve("data.dir", "no-such-directory", root))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("data.dir = 'no-such-directory' is not a directory", root.toString());
    }
}
