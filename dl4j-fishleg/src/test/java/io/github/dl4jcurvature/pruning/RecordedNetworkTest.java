/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.pruning;

import java.nio.file.Files;
import java.nio.file.Path;

import io.github.dl4jcurvature.testkit.GoldenCases;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A classifier with recorded weights, 49-40-20-10 on reduced MNIST images. The files are not part of the project: they are
 * looked for in {@code fishleg/prune} of the directory of reference cases.
 */
class RecordedNetworkTest {
    private static final LearnedInverse LEARNED = new LearnedInverse().withSteps(1000, 50);
    private static final BlockInverse BLOCKS = new BlockInverse();

    private Path directory;
    private DataSet train;
    private DataSet test;

    @BeforeEach
    void readsTheFiles() {
        String root = System.getProperty(GoldenCases.PROPERTY);
        assumeTrue(root != null, "set -D" + GoldenCases.PROPERTY + " to the directory of reference cases");
        directory = Path.of(root, "fishleg", "prune");
        assumeTrue(Files.isDirectory(directory), directory + " is missing; it holds the recorded network");
        train = examples("Xtr", "ytr");
        test = examples("Xte", "yte");
    }

    @Test
    void oneShotAtSeventyPercentCompensationByTheLearnedInverseIsFarAboveMagnitude() {
        double magnitude = pruned(0.7, 1, Importance.magnitude(), Compensation.none());
        double joint = pruned(0.7, 1, Importance.inverse(LEARNED), Compensation.joint(LEARNED));

        assertThat(joint).isGreaterThan(magnitude + 25); // percent of the test examples
    }

    @Test
    void inIncrementsExactCompensationIsFarAboveBlocksAndNearTheDenseNetwork() {
        double dense = accuracy(network());
        double blocks = pruned(0.9, 24, Importance.inverse(BLOCKS), Compensation.joint(BLOCKS));
        double exact = pruned(0.9, 24, Importance.inverse(LEARNED), Compensation.exact());
        double exactAtEighty = pruned(0.8, 24, Importance.inverse(LEARNED), Compensation.exact());

        assertThat(exact).isGreaterThan(blocks + 15);
        assertThat(exactAtEighty).isGreaterThan(dense - 3);
    }

    private double pruned(double sparsity, int increments, Importance importance, Compensation compensation) {
        MultiLayerNetwork network = network();
        FishLegSurgeon.prune(
                network,
                new SingletonDataSetIterator(train),
                PruningOptions.builder()
                        .sparsity(sparsity)
                        .increments(increments)
                        .importance(importance)
                        .compensation(compensation)
                        .build());
        return accuracy(network);
    }

    private double accuracy(MultiLayerNetwork network) {
        return 100 * network.evaluate(new SingletonDataSetIterator(test)).accuracy();
    }

    private MultiLayerNetwork network() {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.FLOAT)
                .activation(Activation.RELU)
                .updater(new Sgd())
                .list()
                .layer(new DenseLayer.Builder().nIn(49).nOut(40).build())
                .layer(new DenseLayer.Builder().nIn(40).nOut(20).build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(20)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        for (int layer = 0; layer < 3; layer++) {
            INDArray joint = array("trained_W%d_netform".formatted(layer)).castTo(DataType.FLOAT); // [out, in + 1]
            long inputs = joint.size(1) - 1;
            network.setParam(
                    layer + "_W",
                    joint.get(NDArrayIndex.all(), NDArrayIndex.interval(0, inputs))
                            .transpose());
            network.setParam(layer + "_b", joint.getColumn(inputs).reshape(1, joint.size(0)));
        }
        return network;
    }

    private DataSet examples(String images, String classes) {
        INDArray digits = array(classes);
        INDArray labels = Nd4j.zeros(DataType.FLOAT, digits.length(), 10);
        for (long i = 0; i < digits.length(); i++) {
            labels.putScalar(i, digits.getLong(i), 1);
        }
        return new DataSet(array(images).castTo(DataType.FLOAT), labels);
    }

    private INDArray array(String name) {
        return Nd4j.createFromNpyFile(directory.resolve(name + ".npy").toFile());
    }
}
