/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.ncl;

import java.util.ArrayList;
import java.util.List;

import io.github.dl4jcurvature.fisher.CurvatureListener;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

import static io.github.dl4jcurvature.testkit.MatrixAssert.assertThatMatrix;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The host averages the states of replicas: what they remember must be the same. */
class NclAveragingTest {

    @ParameterizedTest
    @CsvSource({"FLOAT, 2", "FLOAT, 4", "DOUBLE, 2", "DOUBLE, 4"})
    void equalReplicasGoOn(DataType type, int replicas) {
        MultiLayerNetwork ended = Tasks.classifier(new Ncl(0.1, 40), type);
        end(ended, Tasks.data(0, type));
        List<MultiLayerNetwork> networks = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            MultiLayerNetwork replica = replica(ended);
            replica.fit(Tasks.data(1 + i, type));
            networks.add(replica);
        }

        average(networks);

        MultiLayerNetwork next = replica(networks.get(0));
        next.fit(Tasks.data(1, type));
        assertThat(Ncl.endTask(next, Tasks.iterator(Tasks.data(1, type))).layers())
                .allMatch(layer -> layer.tasks() == 2);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void replicasThatRememberDifferentThingsAreRefused(DataType type) {
        MultiLayerNetwork first = Tasks.classifier(new Ncl(0.1, 40), type);
        MultiLayerNetwork second = Tasks.classifier(new Ncl(0.1, 40), type);
        end(first, Tasks.data(0, type));
        end(second, Tasks.data(1, type));

        average(List.of(first, second));

        assertThatMemoryIsRefused(first, type);
    }

    /** As by the mean of three equal numbers. */
    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT", "DOUBLE"})
    void aRoundedMemoryIsRefused(DataType type) {
        MultiLayerNetwork network = Tasks.classifier(new Ncl(0.1, 40), type);
        end(network, Tasks.data(0, type));
        INDArray mean = Tasks.layer(network, 0).state().mean();
        double value = mean.getDouble(0);
        mean.putScalar(0, type == DataType.FLOAT ? Math.nextUp((float) value) : Math.nextUp(value));

        assertThatMemoryIsRefused(network, type);
    }

    private static void assertThatMemoryIsRefused(MultiLayerNetwork network, DataType type) {
        INDArray parameters = network.params().dup();
        INDArray state = network.updaterState().dup();
        DataSet data = Tasks.data(2, type);
        MultiLayerNetwork restored = replica(network);
        assertThatThrownBy(() -> restored.fit(data))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("remembers of layer '")
                .hasMessageContaining("average 2, 4, 8 or 16 replicas");
        assertThatThrownBy(() -> Ncl.endTask(network, Tasks.iterator(data)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("layer 'layer0' has changed since the end of task 1");
        assertThatMatrix(restored.params()).isBitEqualTo(parameters);
        assertThatMatrix(network.params()).isBitEqualTo(parameters);
        assertThatMatrix(network.updaterState()).isBitEqualTo(state);
    }

    private static void end(MultiLayerNetwork network, DataSet data) {
        network.fit(data);
        Ncl.endTask(network, Tasks.iterator(data));
    }

    private static MultiLayerNetwork replica(MultiLayerNetwork network) {
        MultiLayerNetwork copy = network.clone();
        copy.setListeners(new CurvatureListener());
        return copy;
    }

    private static void average(List<MultiLayerNetwork> networks) {
        List<INDArray> states = new ArrayList<>();
        List<INDArray> parameters = new ArrayList<>();
        for (MultiLayerNetwork network : networks) {
            states.add(network.updaterState());
            parameters.add(network.params());
        }
        Nd4j.averageAndPropagate(states);
        Nd4j.averageAndPropagate(parameters);
    }
}
