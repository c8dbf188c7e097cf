/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.longuse;

import java.util.function.IntConsumer;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.OpticalDigitsIterator;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.RevMlp;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldLatentLayer;
import io.github.dl4jcurvature.gplvm.SparseGpOutputLayer;
import io.github.dl4jcurvature.gplvm.SyntheticNeurons;
import io.github.dl4jcurvature.ncl.Ncl;
import io.github.dl4jcurvature.pruning.FishLegSurgeon;
import io.github.dl4jcurvature.pruning.Importance;
import io.github.dl4jcurvature.pruning.LearnedInverse;
import io.github.dl4jcurvature.pruning.PruningSchedule;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A small model that can be trained for any number of iterations. */
public final class Workload {
    private static final int BATCH = 50;
    private static final int CYCLE = 1000; // iterations of a task, or from one network that is pruned to the next
    private static final int TIMES = 100;
    private static final int NEURONS = 20;

    private final OpticalDigitsIterator digits = new OpticalDigitsIterator(BATCH, Part.TRAIN, Target.CLASS, 1);
    private final IntConsumer step;
    private MultiLayerNetwork network;

    private Workload(String updater) {
        switch (updater) {
            case "fishleg" -> {
                network = classifier(FishLeg.builder().startAsSgd(0.3).build());
                network.addListeners(new CurvatureListener());
                step = iteration -> network.fit(nextDigits());
            }
            case "ncl" -> {
                network = classifier(new Ncl(0.05, 1000));
                network.addListeners(new CurvatureListener());
                step = this::continualStep;
            }
            case "gauss-newton" -> {
                network = reversible(new GaussNewton(0.5));
                step = iteration -> network.fit(nextDigits());
            }
            case "gauss-newton-truncated" -> {
                network = reversible(
                        GaussNewton.builder().alpha(0.5).truncated(0.05, 1e-5).build());
                step = iteration -> network.fit(nextDigits());
            }
            case "surgeon" -> {
                network = pruned();
                step = this::pruningStep;
            }
            case "gplvm" -> {
                network = ring();
                INDArray indices = Nd4j.arange(TIMES).castTo(DataType.DOUBLE).reshape(TIMES, 1);
                DataSet all = new DataSet(
                        indices,
                        SyntheticNeurons.draw(Manifold.circle(), NEURONS, TIMES, 1)
                                .data());
                step = iteration -> network.fit(all);
            }
            default ->
                throw new IllegalArgumentException(
                        "updater '%s' is unknown; choose one of [fishleg, ncl, gauss-newton, gauss-newton-truncated, surgeon, gplvm]"
                                .formatted(updater));
        }
    }

    /**
     * The model of an updater. With {@code ncl} a task ends every 1000 iterations; with {@code surgeon} a new network is trained by Adam
     * and pruned to 90 % as often; the others train one network.
     *
     * @param updater {@code fishleg}, {@code ncl}, {@code gauss-newton}, {@code gauss-newton-truncated} (singular values below a
     *     twentieth of the largest left out), {@code surgeon} or {@code gplvm}
     * @return with initial weights
     * @throws IllegalArgumentException if the updater is unknown
     */
    public static Workload of(String updater) {
        return new Workload(updater);
    }

    /**
     * Trains for one iteration.
     *
     * @param iteration from 1, one more with each call
     * @return loss of the iteration's batch before its step
     */
    public double step(int iteration) {
        step.accept(iteration);
        return network.score();
    }

    /**
     * How large the parameters are.
     *
     * @return their Euclidean norm
     */
    public double parameterNorm() {
        return network.params().norm2Number().doubleValue();
    }

    private void continualStep(int iteration) {
        network.fit(nextDigits());
        if (iteration % CYCLE == 0) {
            Ncl.endTask(network, new OpticalDigitsIterator(BATCH, Part.TRAIN, Target.CLASS, 1));
        }
    }

    private void pruningStep(int iteration) {
        if (iteration % CYCLE == 0) {
            network = pruned();
        }
        network.fit(nextDigits());
    }

    private DataSet nextDigits() {
        if (!digits.hasNext()) {
            digits.reset();
        }
        return digits.next();
    }

    private static MultiLayerNetwork pruned() {
        MultiLayerNetwork network = classifier(new Adam(1e-3));
        network.addListeners(new FishLegSurgeon.Builder()
                .sparsity(0.9)
                .schedule(PruningSchedule.cubic(CYCLE / 5, 4 * CYCLE / 5, CYCLE / 10))
                .importance(Importance.inverse(new LearnedInverse().withSteps(300, 20)))
                .build());
        return network;
    }

    private static MultiLayerNetwork classifier(IUpdater updater) {
        return initialised(new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(updater)
                .activation(Activation.RELU)
                .list()
                .layer(new DenseLayer.Builder().nOut(32).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nOut(OpticalDigits.CLASSES)
                        .build())
                .setInputType(InputType.feedForward(OpticalDigits.PIXELS))
                .build()));
    }

    private static MultiLayerNetwork ring() {
        Manifold circle = Manifold.circle();
        return initialised(new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Adam(0.01))
                .list()
                .layer(new ManifoldLatentLayer.Builder(circle).timePoints(TIMES).build())
                .layer(new SparseGpOutputLayer.Builder(circle)
                        .timePoints(TIMES)
                        .nOut(NEURONS)
                        .threads(1)
                        .build())
                .setInputType(InputType.feedForward(1))
                .build()));
    }

    private static MultiLayerNetwork reversible(GaussNewton updater) {
        return initialised(new MultiLayerNetwork(RevMlp.builder()
                .nIn(OpticalDigits.PIXELS)
                .nOut(OpticalDigits.CLASSES)
                .blocks(2)
                .hiddenSize(128)
                .updater(updater)
                .build()));
    }

    private static MultiLayerNetwork initialised(MultiLayerNetwork network) {
        network.init();
        return network;
    }
}
