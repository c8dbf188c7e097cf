/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.pruning;

import java.nio.file.Path;

import io.github.dl4jcurvature.pruning.LearnedInverse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PruningExperimentTest {

    @Test
    void everyModeReachesTheSparsityOnTheSameTrainedNetwork() {
        PruningTask.Trained trained = PruningTasks.of("digits").get(0).trained(0);
        double dense = trained.accuracy(trained.network());
        assertThat(dense).isGreaterThan(90);

        for (PruningMode mode : PruningMode.values()) {
            PruningRun run = PruningRun.of(trained, method("obert-joint"), mode, 0.7, 0);
            assertThat(run.sparsity().zeros()).isGreaterThanOrEqualTo(Math.round(0.7 * 3560));
            assertThat(run.accuracy()).isBetween(20.0, 100.0); // chance is 10
        }
        assertThat(trained.accuracy(trained.network())).isEqualTo(dense);
        // by magnitude without compensation far less is left than with either compensation
        assertThat(PruningRun.of(trained, method("magnitude"), PruningMode.RECOMPUTE, 0.9, 0)
                        .accuracy())
                .isLessThan(PruningRun.of(trained, method("obert-joint"), PruningMode.RECOMPUTE, 0.9, 0)
                        .accuracy());
    }

    private static PruningMethod method(String name) {
        return PruningMethod.of(name, new LearnedInverse());
    }

    @Test
    void namesAreChecked(@TempDir Path empty) {
        assertThat(PruningTasks.of()).extracting(PruningTask::name).containsExactly("digits", "digits-conv");
        assertThatThrownBy(() -> PruningTasks.of("mnist")).hasMessageContaining("needs the MNIST files");
        assertThatThrownBy(() -> PruningTasks.of(empty.toString(), "mnist"))
                .hasMessageContaining("has no file t10k-labels");
        assertThatThrownBy(() -> PruningTasks.of(empty.toString(), "cifar"))
                .hasMessageContaining("network 'cifar' is unknown");
        assertThatThrownBy(() -> method("random")).hasMessageContaining("method 'random' is unknown");
    }
}
