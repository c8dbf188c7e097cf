/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.util.LinkedHashMap;
import java.util.Map;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

import static org.assertj.core.api.Assertions.assertThat;

/** Where parameters stand in the flat view. */
class RowParametersTest {

    /** Three matrices whose entries name themselves: 100 for the matrix, 10 for the row, 1 for the column; the seed is added. */
    private static final class Named extends RowParameters {
        private final int[][] sizes;

        Named(int[]... sizes) {
            this.sizes = sizes;
        }

        @Override
        Map<String, double[][]> initial(Layer layer, long seed) {
            Map<String, double[][]> values = new LinkedHashMap<>();
            for (int k = 0; k < sizes.length; k++) {
                double[][] rows = new double[sizes[k][0]][sizes[k][1]];
                for (int i = 0; i < rows.length; i++) {
                    for (int j = 0; j < rows[i].length; j++) {
                        rows[i][j] = 100 * k + 10 * i + j + 1000 * seed;
                    }
                }
                values.put("p" + k, rows);
            }
            return values;
        }

        @Override
        Map<String, long[]> shapes(Layer layer) {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            for (int k = 0; k < sizes.length; k++) {
                shapes.put("p" + k, new long[] {sizes[k][0], sizes[k][1]});
            }
            return shapes;
        }
    }

    private static NeuralNetConfiguration configuration() {
        NeuralNetConfiguration configuration = new NeuralNetConfiguration();
        configuration.setSeed(7);
        configuration.setLayer(LayerCases.latents(Manifold.circle()).build());
        return configuration;
    }

    private static final RowParameters THREE = new Named(new int[] {2, 3}, new int[] {4, 1}, new int[] {1, 2});

    @Test
    void sizesAndNamesFollowTheShapes() {
        NeuralNetConfiguration configuration = configuration();
        Layer layer = configuration.getLayer();
        assertThat(THREE.numParams(configuration)).isEqualTo(12).isEqualTo(THREE.numParams(layer));
        assertThat(THREE.paramKeys(layer)).containsExactly("p0", "p1", "p2").isEqualTo(THREE.weightKeys(layer));
        assertThat(THREE.biasKeys(layer)).isEmpty();
        assertThat(THREE.isWeightParam(layer, "p1")).isTrue();
        assertThat(THREE.isWeightParam(layer, "other")).isFalse();
        assertThat(THREE.isBiasParam(layer, "p1")).isFalse();
    }

    /** Matrices stand one after another, row after row, whether the host hands in a vector or a row. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void firstValuesAreWrittenRowAfterRow(boolean vector) {
        INDArray view = vector ? Nd4j.zeros(DataType.DOUBLE, 12) : Nd4j.zeros(DataType.DOUBLE, 1, 12);
        NeuralNetConfiguration configuration = configuration();
        Map<String, INDArray> parameters = THREE.init(configuration, view, true);
        assertThat(view.dup().data().asDouble())
                .containsExactly(7000, 7001, 7002, 7010, 7011, 7012, 7100, 7110, 7120, 7130, 7200, 7201);
        assertThat(parameters.keySet()).containsExactly("p0", "p1", "p2");
        assertThat(parameters.get("p0").shape()).containsExactly(2, 3);
        assertThat(parameters.get("p1").shape()).containsExactly(4, 1);
        assertThat(parameters.get("p2").shape()).containsExactly(1, 2);
        assertThat(configuration.getVariables()).containsExactly("p0", "p1", "p2");
    }

    @Test
    void parametersAreViews() {
        INDArray view = Nd4j.zeros(DataType.DOUBLE, 1, 12);
        Map<String, INDArray> parameters = THREE.init(configuration(), view, false);
        assertThat(view.sumNumber().doubleValue()).isZero();
        parameters.get("p1").putScalar(2, 0, 5);
        assertThat(view.getDouble(8)).isEqualTo(5);
        view.putScalar(11, 6);
        assertThat(parameters.get("p2").getDouble(0, 1)).isEqualTo(6);
        INDArray part = Nd4j.zeros(DataType.DOUBLE, 1, 20)
                .get(
                        org.nd4j.linalg.indexing.NDArrayIndex.all(),
                        org.nd4j.linalg.indexing.NDArrayIndex.interval(4, 16));
        THREE.getGradientsFromFlattened(configuration(), part).get("p0").putScalar(1, 2, 9);
        assertThat(part.getDouble(5)).isEqualTo(9);
    }

    @Test
    void nothingIsMadeOfNothing() {
        RowParameters none = new Named();
        assertThat(none.numParams(configuration())).isZero();
        assertThat(none.init(configuration(), Nd4j.zeros(DataType.DOUBLE, 1, 3), true))
                .isEmpty();
    }

    /** Seeds of the configuration, and nothing else, give the first values of a layer. */
    @Test
    void layersStartFromTheSeedOfTheConfiguration() {
        SparseGpOutputLayer layer =
                LayerCases.neurons(Manifold.rotations()).nIn(8).build();
        NeuralNetConfiguration configuration = configuration();
        configuration.setLayer(layer);
        long count = layer.initializer().numParams(configuration);
        INDArray first = Nd4j.zeros(DataType.DOUBLE, 1, count);
        INDArray second = first.dup();
        INDArray other = first.dup();
        layer.initializer().init(configuration, first, true);
        layer.initializer().init(configuration, second, true);
        configuration.setSeed(8);
        layer.initializer().init(configuration, other, true);
        assertThat(second).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
    }
}
