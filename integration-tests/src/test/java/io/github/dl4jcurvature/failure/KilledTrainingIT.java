/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.failure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import io.github.dl4jcurvature.testkit.Seeds;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** A training that is killed by SIGKILL at random moments ends with the bits of one that is not. */
class KilledTrainingIT {
    private static final int KILLS = 2;
    private static final int MOST_SAVED = 28; // by each killed process, so that two of them do not reach the end
    private static final int LONGEST_WAIT = 20; // milliseconds; about one iteration with its checkpoint
    private static final String SAVED = "saved"; // printed by the process after every checkpoint
    private static final int KILLED = 128 + 9;

    @TempDir
    private Path directory;

    static Stream<Arguments> runs() {
        // a new process starts for every kill, so one seed by default
        return Seeds.seeds()
                .limit(System.getProperty(Seeds.COUNT_PROPERTY) == null ? 1 : Long.MAX_VALUE)
                .boxed()
                .flatMap(seed -> Arrays.stream(KilledMethod.values()).map(method -> Arguments.of(method, seed)));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void killedTrainingEndsWithTheSameBits(KilledMethod method, long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Path interrupted = directory.resolve("interrupted");
        Path result = directory.resolve("result");
        for (int kill = 0; kill < KILLS; kill++) {
            assertThat(killed(
                            start(method, interrupted, result),
                            1 + random.nextInt(MOST_SAVED),
                            random.nextInt(LONGEST_WAIT)))
                    .as("exit code after kill %d", kill)
                    .isEqualTo(KILLED);
            assertThat(result).doesNotExist();
        }
        Process last = start(method, interrupted, result);
        assertThat(last.inputReader().lines().filter(SAVED::equals).count())
                .as("iterations after the kills, of 60")
                .isBetween(1L, 60L - KILLS);
        assertThat(last.waitFor()).isZero();

        assertThat(Files.readAllBytes(result)).isEqualTo(KilledTraining.run(method, directory.resolve("whole")));
    }

    /** Waits for so many checkpoints and so many milliseconds more. */
    private static int killed(Process process, int saved, int wait) throws IOException, InterruptedException {
        BufferedReader output = process.inputReader();
        int found = 0;
        for (String line = ""; line != null && found < saved; line = output.readLine()) {
            found += line.equals(SAVED) ? 1 : 0;
        }
        Thread.sleep(wait);
        process.destroyForcibly();
        return process.waitFor();
    }

    private Process start(KilledMethod method, Path checkpoints, Path result) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        KilledTraining.class.getName(),
                        method.name(),
                        checkpoints.toString(),
                        result.toString())
                .redirectError(directory.resolve("errors").toFile())
                .start();
    }
}
