/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

/** Where parameters lie in a flat vector. */
interface ParameterPositions {
    /** Index of the first entry of one parameter of a layer. */
    long start(String layer, String key);
}
