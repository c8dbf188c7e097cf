/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import io.github.dl4jcurvature.fisher.FisherEstimator.Method;
import io.github.dl4jcurvature.testkit.RandomMatrices;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;

/** A loss layer after a dense layer is the same likelihood as an output layer, wherever the link function stands. */
class LossLayerTest {
    private static final int CLASSES = 3;

    @ParameterizedTest
    @EnumSource(Method.class)
    void givesTheProductsOfAnOutputLayer(Method method) {
        MultiLayerNetwork output = network(builder()
                .list()
                .layer(hidden())
                .layer(NetworkCases.output(4, CLASSES, Activation.SOFTMAX, LossFunction.MCXENT)));
        MultiLayerNetwork linkInLoss = network(builder()
                .list()
                .layer(hidden())
                .layer(dense(Activation.IDENTITY))
                .layer(loss(Activation.SOFTMAX)));
        MultiLayerNetwork linkInDense = network(builder()
                .list()
                .layer(hidden())
                .layer(dense(Activation.SOFTMAX))
                .layer(loss(Activation.IDENTITY)));
        INDArray expected = product(output, method);

        for (Model model :
                new Model[] {linkInLoss, linkInDense, linkInLoss.toComputationGraph(), linkInDense.toComputationGraph()
                }) {
            assertThatMatrix(product(model, method)).isWithinRelativeFrobenius(expected, 1e-12);
        }
    }

    private static INDArray product(Model model, Method method) {
        CurvatureBatch batch = CurvatureBatch.ofInputs(RandomMatrices.gaussian(7, 5, 2));
        INDArray v = RandomMatrices.gaussian(new long[] {model.numParams()}, 3);
        return FisherEstimator.builder(model).method(method).build().product(batch, v, LabelSampler.seeded(4));
    }

    private static NeuralNetConfiguration.Builder builder() {
        return NetworkCases.builder(DataType.DOUBLE);
    }

    private static DenseLayer hidden() {
        return new DenseLayer.Builder()
                .nIn(5)
                .nOut(4)
                .activation(Activation.TANH)
                .build();
    }

    private static DenseLayer dense(Activation activation) {
        return new DenseLayer.Builder()
                .nIn(4)
                .nOut(CLASSES)
                .activation(activation)
                .build();
    }

    private static LossLayer loss(Activation activation) {
        return new LossLayer.Builder(LossFunction.MCXENT).activation(activation).build();
    }

    private static MultiLayerNetwork network(NeuralNetConfiguration.ListBuilder layers) {
        MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
        network.init();
        network.setParams(RandomMatrices.gaussian(1, network.numParams(), 1).muli(0.5));
        return network;
    }
}
