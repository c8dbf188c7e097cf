/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.failure;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import io.github.dl4jcurvature.gn.GaussNewton;
import io.github.dl4jcurvature.gn.RevMlp;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldLatentLayer;
import io.github.dl4jcurvature.gplvm.SparseGpOutputLayer;
import io.github.dl4jcurvature.ncl.Ncl;
import io.github.dl4jcurvature.pruning.FishLegSurgeon;
import io.github.dl4jcurvature.pruning.Importance;
import io.github.dl4jcurvature.pruning.LearnedInverse;
import io.github.dl4jcurvature.pruning.PruningSchedule;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of each method, small enough that a process spends much of its time on its checkpoints. */
public enum KilledMethod {
    FISHLEG,
    SURGEON,
    NCL,
    GAUSS_NEWTON,
    GPLVM;

    static final int EXAMPLES = 20;
    private static final int INPUTS = 8;
    private static final int CLASSES = 3;

    public MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(configuration());
        network.init();
        return network;
    }

    private MultiLayerConfiguration configuration() {
        return switch (this) {
            case FISHLEG, SURGEON ->
                classifier(FishLeg.builder().startAsSgd(0.1).build());
            case NCL ->
                classifier(
                        Ncl.builder().learningRate(0.05).dataSize(4 * EXAMPLES).build());
            case GAUSS_NEWTON ->
                RevMlp.builder()
                        .nIn(INPUTS)
                        .nOut(CLASSES)
                        .blocks(2)
                        .hiddenSize(24)
                        .activation(Activation.TANH)
                        .dampedResidual(0.1)
                        .updater(GaussNewton.builder().alpha(0.1).damped(0.01).build())
                        .seed(7)
                        .build();
            case GPLVM -> latents();
        };
    }

    private static MultiLayerConfiguration classifier(IUpdater updater) {
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .activation(Activation.TANH)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder().nIn(INPUTS).nOut(12).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .nIn(12)
                        .nOut(CLASSES)
                        .build())
                .build();
    }

    private static MultiLayerConfiguration latents() {
        Manifold circle = Manifold.circle();
        return new NeuralNetConfiguration.Builder()
                .seed(3)
                .dataType(DataType.DOUBLE)
                .updater(new Adam(0.05))
                .list()
                .layer(new ManifoldLatentLayer.Builder(circle)
                        .timePoints(EXAMPLES)
                        .samples(2)
                        .burnIn(20)
                        .build())
                .layer(new SparseGpOutputLayer.Builder(circle)
                        .timePoints(EXAMPLES)
                        .nOut(CLASSES)
                        .inducing(4)
                        .burnIn(20)
                        .threads(1)
                        .build())
                .setInputType(InputType.feedForward(1))
                .build();
    }

    /** Listeners of a new training. */
    public List<TrainingListener> listeners() {
        return switch (this) {
            case FISHLEG -> List.of(new CurvatureListener());
            case SURGEON -> List.of(new CurvatureListener(), surgeon());
            case NCL, GAUSS_NEWTON, GPLVM -> List.of();
        };
    }

    private static FishLegSurgeon surgeon() {
        return new FishLegSurgeon.Builder()
                .sparsity(0.6)
                .batchSize(EXAMPLES)
                .importance(Importance.inverse(new LearnedInverse().withSteps(20, 5)))
                .schedule(PruningSchedule.cubic(10, 50, 10))
                .build();
    }

    /** What has to be saved besides the network. */
    static Map<String, Serializable> attached(MultiLayerNetwork network) {
        for (TrainingListener listener : network.getListeners()) {
            if (listener instanceof FishLegSurgeon surgeon) {
                return Map.of("surgeon", surgeon);
            }
        }
        return Map.of();
    }

    /** The same batch for the same number. */
    public DataSet batch(int number) {
        SplittableRandom random = new SplittableRandom(this == GPLVM ? 1 : 1 + number);
        INDArray labels = Nd4j.zeros(DataType.DOUBLE, EXAMPLES, CLASSES);
        for (int i = 0; i < EXAMPLES; i++) {
            labels.putScalar(i, random.nextInt(CLASSES), 1);
        }
        double[][] values = new double[EXAMPLES][INPUTS];
        for (double[] row : values) {
            for (int j = 0; j < INPUTS; j++) {
                row[j] = random.nextGaussian();
            }
        }
        INDArray inputs = Nd4j.createFromArray(values);
        if (this == GPLVM) {
            INDArray times = Nd4j.arange(EXAMPLES).castTo(DataType.DOUBLE).reshape(EXAMPLES, 1);
            return new DataSet(
                    times,
                    inputs.get(NDArrayIndex.all(), NDArrayIndex.interval(0, CLASSES))
                            .dup());
        }
        return new DataSet(inputs.castTo(DataType.FLOAT), labels.castTo(DataType.FLOAT));
    }
}
