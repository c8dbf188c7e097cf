/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.concurrency;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;

import io.github.dl4jcurvature.ecosystem.DigitClassifiers;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.pruning.FishLegSurgeon;
import io.github.dl4jcurvature.pruning.Importance;
import io.github.dl4jcurvature.pruning.LearnedInverse;
import io.github.dl4jcurvature.pruning.PruningOptions;
import io.github.dl4jcurvature.pruning.Sparsity;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelInference;
import org.deeplearning4j.parallelism.inference.InferenceMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.indexing.NDArrayIndex;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Eight threads ask one network that FishLeg has trained and pruned.
 *
 * <p>The host lets only one thread at a time into {@code output} of a network; its {@link ParallelInference} computes in
 * parallel, on replicas. Each thread asks for other examples, and another number of them, so that an answer to another
 * thread's question is seen.
 */
class ConcurrentOutputTest {
    private static final int QUESTIONS = 20;
    private static final int REPLICAS = 3;

    private static MultiLayerNetwork network;
    private static Sparsity sparsity;

    @BeforeAll
    static void trainAndPrune() {
        network = DigitClassifiers.layers(FishLeg.builder().startAsSgd(0.3).build());
        network.setListeners(new CurvatureListener());
        network.fit(new ViewIterator(DigitClassifiers.part(Part.TRAIN), 100), 2);
        sparsity = FishLegSurgeon.prune(
                network,
                new SingletonDataSetIterator(DigitClassifiers.part(Part.TRAIN)),
                PruningOptions.builder()
                        .sparsity(0.6)
                        .increments(2)
                        .importance(Importance.inverse(new LearnedInverse().withSteps(20, 5)))
                        .build());
        network.fit(new ViewIterator(DigitClassifiers.part(Part.TRAIN), 100)); // masks are in use
    }

    @Test
    void oneNetworkAnswersEightThreads() throws Exception {
        assertAnswersAreThoseOfOneThread(network::output);
    }

    @Test
    void replicasAnswerEightThreads() throws Exception {
        ParallelInference inference = new ParallelInference.Builder(network)
                .inferenceMode(InferenceMode.SEQUENTIAL)
                .workers(REPLICAS)
                .build();
        try {
            assertAnswersAreThoseOfOneThread(inference::output);
        } finally {
            inference.shutdown();
        }
    }

    /** A clone has masks and curvature of its own. */
    @Test
    void clonesAnswerWhileTheNetworkTrains() throws Exception {
        MultiLayerNetwork trained = network.clone();
        trained.setListeners(new CurvatureListener());
        List<Callable<INDArray>> work = new ArrayList<>();
        for (int thread = 0; thread < EightThreads.COUNT - 1; thread++) {
            INDArray examples = examples(thread);
            MultiLayerNetwork clone = network.clone();
            work.add(() -> lastOf(clone::output, examples, clone.output(examples)));
        }
        work.add(() -> {
            trained.fit(new ViewIterator(DigitClassifiers.part(Part.TRAIN), 100));
            return trained.params();
        });

        List<INDArray> results = EightThreads.run(work);

        for (int thread = 0; thread < EightThreads.COUNT - 1; thread++) {
            assertThatMatrix(results.get(thread)).isBitEqualTo(network.output(examples(thread)));
        }
        assertThat(trained.params()).isNotEqualTo(network.params());
        assertThat(Sparsity.of(trained).zeros()).isGreaterThanOrEqualTo(sparsity.zeros());
    }

    private static void assertAnswersAreThoseOfOneThread(UnaryOperator<INDArray> output) throws Exception {
        INDArray before = network.params().dup();
        List<Callable<INDArray>> work = new ArrayList<>();
        List<INDArray> expected = new ArrayList<>();
        for (int thread = 0; thread < EightThreads.COUNT; thread++) {
            INDArray examples = examples(thread);
            INDArray answer = network.output(examples);
            expected.add(answer);
            work.add(() -> lastOf(output, examples, answer));
        }
        List<INDArray> answers = EightThreads.run(work);
        for (int thread = 0; thread < EightThreads.COUNT; thread++) {
            assertThatMatrix(answers.get(thread)).as("thread %d", thread).isBitEqualTo(expected.get(thread));
            assertThat(expected.get(thread)).isNotEqualTo(expected.get((thread + 1) % EightThreads.COUNT));
        }
        assertThatMatrix(network.params()).isBitEqualTo(before);
    }

    /** Asks the same again and again; the last answer. */
    private static INDArray lastOf(UnaryOperator<INDArray> output, INDArray examples, INDArray expected) {
        INDArray answer = expected;
        for (int question = 0; question < QUESTIONS; question++) {
            answer = output.apply(examples);
            assertThatMatrix(answer).as("question %d", question).isBitEqualTo(expected);
        }
        return answer;
    }

    private static INDArray examples(int thread) {
        return DigitClassifiers.part(Part.TEST)
                .getFeatures()
                .get(NDArrayIndex.interval(10 * thread, 10 * thread + 20 + thread), NDArrayIndex.all())
                .dup();
    }
}
