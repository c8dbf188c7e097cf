/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

import io.github.dl4jcurvature.failure.KilledMethod;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.ncl.Ncl;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Eight separate trainings at the same time end with the bits of the same trainings one after another.
 *
 * <p>Networks are made in their threads: the host's generator of initial weights belongs to a thread, and a network's
 * seed sets it.
 */
class ConcurrentTrainingTest {
    private static final int ITERATIONS = 30;
    private static final List<Training> TRAININGS = List.of(
            new Training(KilledMethod.FISHLEG, 0),
            new Training(KilledMethod.SURGEON, 0), // FishLeg too, and pruned meanwhile
            new Training(KilledMethod.NCL, 0),
            new Training(KilledMethod.NCL, 1),
            new Training(KilledMethod.GAUSS_NEWTON, 0),
            new Training(KilledMethod.GAUSS_NEWTON, 1),
            new Training(KilledMethod.GPLVM, 0),
            new Training(KilledMethod.GPLVM, 1));

    /** Parameters and updater state at the end. */
    private record Result(INDArray parameters, @Nullable INDArray state) {}

    /** One training; the second of a method is a third longer and has other batches, but for latent variables, which have one. */
    private record Training(KilledMethod method, int number) {

        Result run() {
            MultiLayerNetwork network = method.network();
            network.setListeners(method == KilledMethod.NCL ? List.of(new CurvatureListener()) : method.listeners());
            int iterations = ITERATIONS + number * ITERATIONS / 3;
            for (int iteration = 0; iteration < iterations; iteration++) {
                network.fit(method.batch(1000 * number + iteration));
                if (method == KilledMethod.NCL && iteration % 10 == 9) {
                    Ncl.endTask(network, new SingletonDataSetIterator(method.batch(1000 * number + iteration)));
                }
            }
            return new Result(network.params(), network.getUpdater().getStateViewArray());
        }
    }

    @Test
    void trainingsDoNotDisturbEachOther() throws Exception {
        List<Result> alone = TRAININGS.stream().map(Training::run).toList();
        List<Callable<Result>> work = new ArrayList<>();
        TRAININGS.forEach(training -> work.add(training::run));

        List<Result> together = EightThreads.run(work);

        for (int i = 0; i < EightThreads.COUNT; i++) {
            assertThatMatrix(together.get(i).parameters())
                    .as("parameters, %s", TRAININGS.get(i))
                    .isFinite()
                    .isBitEqualTo(alone.get(i).parameters());
            INDArray state = alone.get(i).state();
            if (state == null) { // Gauss-Newton without momentum
                assertThat(together.get(i).state()).isNull();
            } else {
                assertThatMatrix(together.get(i).state())
                        .as("state, %s", TRAININGS.get(i))
                        .isBitEqualTo(state);
            }
        }
        assertThat(Stream.iterate(2, i -> i < EightThreads.COUNT, i -> i + 2))
                .as("first of two trainings that differ")
                .allSatisfy(i -> assertThat(alone.get(i).parameters())
                        .isNotEqualTo(alone.get(i + 1).parameters()));
    }
}
